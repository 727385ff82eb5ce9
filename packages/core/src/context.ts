import type { KeyObject } from "node:crypto";
import { DomainError } from "@tocsin/contracts/errors";
import { isPermitted, type Permission } from "@tocsin/contracts/permissions";
import type { RealtimeConfig } from "@tocsin/contracts/api/system";
import type { Database } from "@tocsin/db/client";
import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { ObjectStorage } from "@tocsin/platform/object-storage";
import type { ThreadPool } from "@tocsin/platform/threads/thread-pool";
import type { WakeUps } from "@tocsin/platform/wake-ups";
import type { Redis } from "ioredis";
import type { ApiKeyCache } from "./api-keys/api-key-cache.ts";
import type { SessionCache } from "./auth/session-cache.ts";
import type { EventIntake } from "./events/event-intake.ts";
import type { Operations } from "./system/operations.ts";

/** Who is asking. Everything a verb may decide on, so that no verb reads a token or a header. */
export type Actor =
  | {
      type: "user";
      id: string;
      email: string;
      /** What the user's roles allow, together; may hold `*`. */
      permissions: readonly string[];
      /** The session that the request came in; absent where no access token was read. */
      session?: SessionReference;
    }
  | {
      /** A machine. */
      type: "api_key";
      id: string;
      /** As the audit log calls it. */
      label: string;
      permissions: readonly string[];
      /** The only source that it may send events of; null: any. */
      source: string | null;
    }
  | { type: "system"; label: string }
  | { type: "anonymous" };

/** A session as its access tokens name it. */
export interface SessionReference {
  /** The family of its refresh tokens. */
  id: string;
  /** Of the account, when the token was signed: all sessions of an earlier version have ended. */
  version: number;
}

/** Where a call came from: goes into logs and the audit. */
export interface RequestInfo {
  id: string;
  ip: string | null;
  userAgent: string | null;
}

/** Settings of the domain. Durations are in seconds. */
export interface Settings {
  accessTokenSeconds: number;
  refreshTokenSeconds: number;
  /** How many registrations one address may send in an hour. */
  registrationsPerHour: number;
  /** Storm defaults for rules that name none. */
  stormLimit: number;
  stormWindowSeconds: number;
  realtime: Omit<RealtimeConfig, "channel" | "authEndpoint" | "userAuthEndpoint">;
}

/** A key that signs access tokens; the first signs, all verify. */
export interface SigningKey {
  id: string;
  key: KeyObject;
}

/** What signs Pusher channels. */
export interface RealtimeKeys {
  key: string;
  secret: string;
}

/** What every verb is given. Made once per process ({@link Services}) and completed per call. */
export interface Services {
  db: Database;
  /** For statements that Prisma would make slow: many rows at once. */
  pool: Pool;
  redis: Redis;
  /** Keeps uploaded sounds. */
  objects: ObjectStorage;
  log: Logger;
  /** The process clock: JWTs and logs only. What decides about events is the database's time. */
  clock: () => Date;
  settings: Settings;
  signingKeys: readonly SigningKey[];
  realtimeKeys: RealtimeKeys;
  sessionCache: SessionCache;
  apiKeyCache: ApiKeyCache;
  intake: EventIntake;
  operations: Operations;
  wakeUps: WakeUps;
  /** For work on what callers send that may take longer than about 20 ms; see run-in-thread.ts. */
  threads: ThreadPool;
}

export interface Context extends Services {
  actor: Actor;
  request: RequestInfo;
}

/** What a procedure declares: `public`, merely logged in, or a permission. */
export type Requirement = "public" | "authenticated" | Permission;

/**
 * The id of the user who is asking.
 * @throws DomainError UNAUTHENTICATED where it is not a user: such a call never passes the API's guard.
 */
export function currentUserId(ctx: Context): string {
  if (ctx.actor.type !== "user") throw new DomainError("UNAUTHENTICATED");
  return ctx.actor.id;
}

/** What a caller may do; may hold `*`. The system's own work is not asked. */
export function permissionsOfActor(actor: Actor): readonly string[] {
  return actor.type === "user" || actor.type === "api_key" ? actor.permissions : [];
}

/**
 * For verbs that show more than what their procedure's permission stands for.
 * @throws DomainError UNAUTHORIZED_ROLE where none of the caller's roles allows it
 */
export function requirePermission(ctx: Context, permission: Permission): void {
  if (isPermitted(permissionsOfActor(ctx.actor), permission)) return;
  throw new DomainError("UNAUTHORIZED_ROLE", { detail: `This needs the permission ${permission} as well` });
}
