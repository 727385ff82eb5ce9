import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { DomainError } from "@tocsin/contracts/errors";
import type { Request } from "express";
import type { HeldMemory } from "./body-memory.ts";

/** How long a body may take to arrive. Milliseconds. */
export const bodyDeadlineMs = 20_000;

/** What inflating takes beside what comes of it. Bytes. */
const inflatingBytes = 64 * 1024;

const inflaters = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

export interface BodyBudget {
  /** The most bytes, as they come and after inflating. */
  limit: number;
  memory: HeldMemory;
  deadlineMs?: number;
}

/** Whether a request has a body, by its headers. RFC 9112, section 6.3 */
export function hasBody({ headers }: Pick<Request, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || lengthOf({ headers }) > 0;
}

/** The stated length of a body; 0 where none is stated. Bytes. */
export function lengthOf({ headers }: Pick<Request, "headers">): number {
  return Number(headers["content-length"] ?? 0);
}

/**
 * Reads a body as text, no further than its budget goes. Nothing is read where the headers alone say that it will not do.
 * @throws DomainError PAYLOAD_TOO_LARGE; UNSUPPORTED_MEDIA_TYPE for encodings and charsets that nobody knows;
 * VALIDATION_FAILED where it is cut off, cannot be inflated or is no UTF-8; REQUEST_TIMEOUT; UNAVAILABLE where there is
 * no memory for it
 */
export async function readBody(request: Request, budget: BodyBudget): Promise<string> {
  const { limit, memory } = budget;
  refuseOtherCharsets(request);
  const inflate = inflaterOf(request);
  if (lengthOf(request) > limit) throw tooLarge(limit);
  memory.hold(lengthOf(request) + (inflate ? inflatingBytes : 0));
  const bytes = await collect(request, inflate?.(), budget);
  if (!isUtf8(bytes)) throw unreadable("The body must be UTF-8");
  const text = bytes.toString();
  // A byte order mark is no part of the text.
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/** All of a body. Whatever ends it, nothing is left that reads on. */
function collect(
  request: Request,
  inflating: ReturnType<(typeof inflaters)[keyof typeof inflaters]> | undefined,
  { limit, memory, deadlineMs = bodyDeadlineMs }: BodyBudget,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const source: Readable = inflating ?? request;
    let [received, size] = [0, 0];
    const deadline = setTimeout(() => end(arrivedLate(deadlineMs)), deadlineMs);

    function end(error?: Error): void {
      clearTimeout(deadline);
      request.off("data", countReceived).off("error", cutOff).off("close", closed);
      source.off("data", keep);
      if (inflating) {
        request.unpipe(inflating);
        inflating.destroy();
      }
      if (!error) return resolve(Buffer.concat(chunks, size));
      request.pause();
      reject(error);
    }
    const cutOff = () => end(unreadable("The request was cut off"));
    /** It closes when all of it has come, too: inflating may go on then. */
    const closed = () => request.complete || cutOff();
    /** What comes must be bounded too: there are packed bodies without an end that hold nothing. */
    function countReceived(chunk: Buffer): void {
      received += chunk.length;
      if (received > limit) end(tooLarge(limit));
    }
    function keep(chunk: Buffer): void {
      chunks.push(chunk);
      size += chunk.length;
      if (size > limit) return end(tooLarge(limit));
      try {
        memory.hold(size + (inflating ? inflatingBytes : 0));
      } catch (error) {
        end(error as Error);
      }
    }

    // It may be gone already: who was asking had to be found out first.
    if (request.destroyed && !request.readable) return cutOff();
    request.on("error", cutOff).on("close", closed);
    source.on("data", keep).on("end", () => end());
    if (!inflating) return;
    inflating.on("error", () => end(unreadable("The body is not what its Content-Encoding says")));
    request.on("data", countReceived).pipe(inflating);
  });
}

function inflaterOf({ headers }: Request): (typeof inflaters)[keyof typeof inflaters] | undefined {
  const encoding = (headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding === "identity") return undefined;
  if (Object.hasOwn(inflaters, encoding)) return inflaters[encoding as keyof typeof inflaters];
  throw new DomainError("UNSUPPORTED_MEDIA_TYPE", {
    detail: "Send the body as it is, or in one of the encodings gzip, deflate and br",
  });
}

/** JSON is UTF-8: RFC 8259, section 8.1. */
function refuseOtherCharsets({ headers }: Request): void {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(headers["content-type"] ?? "")?.[1];
  if (charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset)) return;
  throw new DomainError("UNSUPPORTED_MEDIA_TYPE", { detail: "Send UTF-8" });
}

/** A body of more than `limit` bytes. */
export function tooLarge(limit: number): DomainError {
  return new DomainError("PAYLOAD_TOO_LARGE", { detail: `The body may have at most ${limit} bytes` });
}

function unreadable(detail: string): DomainError {
  return new DomainError("VALIDATION_FAILED", { detail });
}

/** A body took longer than it may. */
export function arrivedLate(deadlineMs: number): DomainError {
  return new DomainError("REQUEST_TIMEOUT", {
    detail: `The body did not arrive within ${deadlineMs / 1000} seconds`,
  });
}
