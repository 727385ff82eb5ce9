import type { Logger } from "@tocsin/platform/logger";
import { withDeadline } from "@tocsin/platform/with-deadline";
import type { Redis } from "ioredis";
import { z } from "zod";
import type { AccessClaims } from "./tokens.ts";

/** How long what MySQL said of a session is believed. Seconds. */
const keptSeconds = 15;

/**
 * How long MySQL is asked each time after a change. Longer than what was read just before the change may be kept: the
 * longest transaction (10 s) and {@link keptSeconds}. Seconds.
 */
const changedSeconds = 30;

/** A request waits no longer for the cache: MySQL is near. Milliseconds. */
const patience = 100;

/** After the cache did not answer, it is left alone for so long. Milliseconds. */
const pauseAfterFailure = 1000;

const keptSchema = z.object({ email: z.string(), permissions: z.array(z.string()) });

/** What is kept of a live session: who it is, and what their roles allow. */
export type KeptSession = z.infer<typeof keptSchema>;

/**
 * What MySQL said of sessions lately, in Redis. MySQL stays the truth: each change announces itself before it is
 * committed, and from then on MySQL is asked until nothing older can be left. Without Redis MySQL is asked each time.
 */
export interface SessionCache {
  /** What is kept of the session, and whether what MySQL says now may be kept. Never throws. */
  find(claims: AccessClaims): Promise<{ kept: KeptSession | undefined; mayKeep: boolean }>;
  /** Never throws, and may be left alone. */
  keep(claims: AccessClaims, session: KeptSession): Promise<void>;
  /** The session, all sessions of a user, or anyone's roles are about to change. Never throws. */
  announce(change: { sessionId: string } | { userId: string } | "directory"): Promise<void>;
}

/** Keeps sessions in `redis`. */
export function createSessionCache({ redis, log }: { redis: Redis; log: Logger }): SessionCache {
  let pausedUntil = 0;
  const attempt = async <Result>(what: string, ask: () => Promise<Result>): Promise<Result | undefined> => {
    if (performance.now() < pausedUntil) return undefined;
    try {
      return await withDeadline("Redis", patience, ask());
    } catch (error) {
      pausedUntil = performance.now() + pauseAfterFailure;
      log.warn("Sessions are looked up without their cache", { what, error });
      return undefined;
    }
  };
  return {
    async find(claims) {
      const { sessionId, userId } = claims;
      const changes = [changeKey({ sessionId }), changeKey({ userId }), changeKey("directory")];
      const values = await attempt("find", () => redis.mget(sessionKey(claims), ...changes));
      if (!values) return { kept: undefined, mayKeep: false };
      const [kept, ...changed] = values;
      const isChanging = changed.some((value) => value !== null);
      return { kept: isChanging ? undefined : parseKept(kept), mayKeep: !isChanging };
    },
    async keep(claims, session) {
      await attempt("keep", () => redis.set(sessionKey(claims), JSON.stringify(session), "EX", keptSeconds));
    },
    async announce(change) {
      // Not held back by an earlier failure: a change that goes unsaid would count only when what is kept runs out.
      try {
        await withDeadline(
          "Redis",
          pauseAfterFailure,
          redis.set(changeKey(change), "1", "EX", changedSeconds),
        );
      } catch (error) {
        log.warn("A change of access could not be announced; it counts within 15 s", { error });
      }
    },
  };
}

function sessionKey({ userId, sessionId, sessionVersion }: AccessClaims): string {
  return `session:${userId}:${sessionId}:${sessionVersion}`;
}

function changeKey(change: { sessionId: string } | { userId: string } | "directory"): string {
  if (change === "directory") return "session-change:directory";
  return `session-change:${"sessionId" in change ? change.sessionId : change.userId}`;
}

function parseKept(text: string | null | undefined): KeptSession | undefined {
  if (text === null || text === undefined) return undefined;
  return keptSchema.safeParse(JSON.parse(text)).data;
}
