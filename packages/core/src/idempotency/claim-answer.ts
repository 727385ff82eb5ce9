import { createHash } from "node:crypto";
import { DomainError } from "@tocsin/contracts/errors";
import { z } from "zod";
import type { Services } from "../context.ts";

/** How long an answer is given again. Seconds. */
export const keptSeconds = 86_400;

/** How long a request that was never finished keeps others from being made. Longer than any takes. Seconds. */
const runningSeconds = 120;

const inDoubt =
  "The first request with this key broke off, and it is not known whether it was done: look whether it was, and send it with another key where not";

const answerSchema = z.object({
  status: z.int(),
  location: z.string().optional(),
  body: z.unknown(),
});

/** An answer as it is given again. */
export type KeptAnswer = z.infer<typeof answerSchema>;

const entrySchema = z.object({
  inputHash: z.string(),
  answer: answerSchema.optional(),
  isInDoubt: z.boolean().optional(),
});

/** A request that its caller may send again. */
export interface RepeatableRequest {
  /** Who is asking: nobody is given another one's answer. */
  callerId: string;
  /** The method and the whole path, with its ids. */
  route: string;
  /** What the caller calls this request. */
  key: string;
  input: unknown;
}

/** Either the answer that was given before, or the right to make the request, which ends with one of the three. */
export type Claim =
  | { answer: KeptAnswer }
  | {
      answer?: undefined;
      /** The request is done: this is its answer from now on. Never throws. */
      keep: (answer: KeptAnswer) => Promise<void>;
      /** The request failed and changed nothing: it may be made again. Never throws. */
      release: () => Promise<void>;
      /** The request broke off and may have been done: it is not made again. Never throws. */
      doubt: () => Promise<void>;
    };

/**
 * Claims a request by its key, so that it is made once however often it is sent.
 * @throws DomainError IDEMPOTENCY_KEY_IN_USE while it is being made, or where nobody knows whether it was, IDEMPOTENCY_KEY_REUSED with another input,
 * UNAVAILABLE while Redis is away: whoever sends a key relies on it
 */
export async function claimAnswer(
  { redis, log }: Pick<Services, "redis" | "log">,
  request: RepeatableRequest,
): Promise<Claim> {
  const key = `idempotency:${digest([request.callerId, request.route, request.key])}`;
  const inputHash = digest(request.input);
  const entry = await claim(redis, key, inputHash);
  if (entry !== undefined) {
    if (entry.inputHash !== inputHash) throw new DomainError("IDEMPOTENCY_KEY_REUSED");
    if (entry.isInDoubt) throw new DomainError("IDEMPOTENCY_KEY_IN_USE", { detail: inDoubt });
    if (!entry.answer) throw new DomainError("IDEMPOTENCY_KEY_IN_USE", { retryAfterSeconds: 1 });
    return { answer: entry.answer };
  }
  const settle = async (what: string, work: Promise<unknown>) => {
    try {
      await work;
    } catch (error) {
      log.warn("An idempotency key could not be settled", { what, error });
    }
  };
  return {
    keep: (answer) =>
      settle("keep", redis.set(key, JSON.stringify({ inputHash, answer }), "EX", keptSeconds)),
    release: () => settle("release", redis.del(key)),
    doubt: () =>
      settle("doubt", redis.set(key, JSON.stringify({ inputHash, isInDoubt: true }), "EX", keptSeconds)),
  };
}

/** Undefined where the key is now ours; else what stands there. */
async function claim(
  redis: Services["redis"],
  key: string,
  inputHash: string,
): Promise<z.infer<typeof entrySchema> | undefined> {
  try {
    const claimed = await redis.set(key, JSON.stringify({ inputHash }), "EX", runningSeconds, "NX");
    if (claimed === "OK") return undefined;
    const found = await redis.get(key);
    // It ran out or was released just now: the caller may send it again.
    return found === null ? { inputHash } : entrySchema.parse(JSON.parse(found));
  } catch (cause) {
    throw new DomainError("UNAVAILABLE", { detail: "Try again in a moment", retryAfterSeconds: 5, cause });
  }
}

function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url");
}
