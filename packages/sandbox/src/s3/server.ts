import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { answerControl, CONTROL_PREFIX } from "../stand-in/control.ts";
import { createFaults } from "../stand-in/faults.ts";
import type { Faults } from "../stand-in/faults.ts";
import { readBody } from "../stand-in/http-body.ts";
import { HttpError } from "../stand-in/http-error.ts";
import { closing } from "../stand-in/closing.ts";
import { listen } from "../stand-in/listen.ts";
import { createRequestLog } from "../stand-in/request-log.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";
import { checkChecksums, checkPayloadHash } from "./checksums.ts";
import { S3_FAULT_KINDS, type S3FaultKind } from "./faults.ts";
import type { LoggedS3Request } from "./logged-request.ts";
import { createObjectStore } from "./object-store.ts";
import type { ObjectStore } from "./object-store.ts";
import { createObjectsApi } from "./objects-api.ts";
import type { ObjectAnswer } from "./objects-api.ts";
import { S3Error } from "./s3-error.ts";
import { checkSignature } from "./signature.ts";
import type { S3Credentials } from "./signature.ts";
import { element, xmlDocument } from "./xml.ts";

export interface S3ServerOptions extends S3Credentials {
  /** The one bucket that there is. */
  bucket: string;
  /** Where objects are kept, to outlive the process; in memory alone without. */
  folder?: string;
  /** The address to listen on; 127.0.0.1 unless told. */
  host?: string;
  /** 0 takes any free one. */
  port?: number;
  /** How late an answer comes that was ordered to be slow (ms); 2,000 unless told. */
  slowMs?: number;
}

/** A running stand-in for S3. */
export interface S3Server {
  readonly port: number;
  /** The last calls, oldest first. */
  readonly requests: readonly LoggedS3Request[];
  /** What is stored. */
  readonly store: ObjectStore;
  /** Makes the next calls fail. */
  readonly faults: Faults<S3FaultKind>;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

type Answer = ObjectAnswer | "hang" | "drop";

/** More than any sound may have, by far. */
const MAXIMUM_BODY_BYTES = 20_000_000;
const SLOW_MS = 2_000;

/**
 * Starts a server that speaks S3's protocol with path-style addresses, so that the real SDK runs unmodified. Objects
 * are put in one request: uploads in parts (for what has more than 5 MB) are not known.
 *
 * @throws UserError when the port is taken.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const store = createObjectStore(options.folder);
  const faults = createFaults<S3FaultKind>();
  const requests = createRequestLog<LoggedS3Request>();
  const callObjects = createObjectsApi(options.bucket, store);
  const control = {
    ...{ kinds: S3_FAULT_KINDS, faults, logs: { requests } },
    orders: { "GET objects": () => ({ objects: store.list() }) },
  };

  const call = (request: IncomingMessage, body: Buffer): ObjectAnswer => {
    const { method = "GET", url = "/", headers } = request;
    const [path = "/", query = ""] = url.split("?", 2);
    const payloadHash = checkSignature({ method, path, query, headers }, options, Date.now());
    const isChunked = payloadHash.startsWith("STREAMING-");
    const { content, trailers } = isChunked
      ? decodeAwsChunked(body, headers["x-amz-decoded-content-length"]?.toString())
      : { content: body, trailers: {} };
    checkPayloadHash(content, payloadHash);
    const checksums = checkChecksums(content, { ...headers, ...trailers });
    const [bucket = "", ...key] = unescape(path.slice(1)).split("/");
    const parameters = new URLSearchParams(query);
    return callObjects({
      method,
      bucket,
      key: key.join("/"),
      query: parameters,
      headers,
      content,
      checksums,
    });
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { method = "GET", url = "/" } = request;
    if (url === "/health") return json({ status: "ok" });
    const body = await readBody(request, MAXIMUM_BODY_BYTES);
    if (url.startsWith(CONTROL_PREFIX))
      return attempt(() => json(answerControl(control, { method, path: url, body })));
    const fault = faults.take();
    if (fault === "slow") await wait(options.slowMs ?? SLOW_MS);
    const result = withFault(fault, () => attempt(() => call(request, body)));
    const status = typeof result === "string" ? null : result.status;
    requests.add({ at: new Date().toISOString(), method, target: url, bytes: body.length, status });
    return result;
  };

  const server = createServer((request, response) => {
    answer(request).then(
      (result) => respond(response, result),
      (error: unknown) => respond(response, describe(error)),
    );
  });
  const close = closing(server);
  const port = await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");
  return {
    port,
    get requests() {
      return requests.list();
    },
    store,
    faults,
    close,
  };
}

function withFault(fault: S3FaultKind | undefined, call: () => ObjectAnswer): Answer {
  switch (fault) {
    case "500":
      return describe(new S3Error(500, "InternalError", "Failed as ordered"));
    case "503":
      return describe(new S3Error(503, "SlowDown", "Failed as ordered"));
    case "hang":
    case "drop":
      return fault;
    case "lost":
      call();
      return "drop";
    default:
      return call();
  }
}

function attempt(call: () => ObjectAnswer): ObjectAnswer {
  try {
    return call();
  } catch (error) {
    return describe(error);
  }
}

function describe(error: unknown): ObjectAnswer {
  if (error instanceof S3Error) {
    const parts = [element("Code", error.code), element("Message", error.message)];
    const headers = { "content-type": "application/xml" };
    return { status: error.status, headers, body: xmlDocument(element("Error", parts)) };
  }
  if (error instanceof HttpError) return { status: error.status, body: error.message };
  console.error(error);
  return { status: 500, body: "Internal error" };
}

function json(value: unknown): ObjectAnswer {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

function respond(response: ServerResponse, answer: Answer): void {
  if (answer === "hang") return;
  if (answer === "drop") {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

function unescape(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error(400, "InvalidURI", "The path cannot be unescaped");
  }
}
