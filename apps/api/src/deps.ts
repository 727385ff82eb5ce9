import { createSecretKey, type KeyObject } from "node:crypto";
import type { Services } from "@tocsin/core/context";
import { createApiKeyCache } from "@tocsin/core/api-keys/api-key-cache";
import { createSessionCache } from "@tocsin/core/auth/session-cache";
import { type BacklogWatch, watchBacklog } from "@tocsin/core/events/backlog-watch";
import { createEventIntake } from "@tocsin/core/events/event-intake";
import { createDatabase } from "@tocsin/db/client";
import { splitConnections } from "@tocsin/db/connection-budget";
import { createPool } from "@tocsin/db/pool";
import { objectStorageOf } from "@tocsin/platform/env-fields";
import { createLogger } from "@tocsin/platform/logger";
import { createObjectStorage } from "@tocsin/platform/object-storage";
import { createRedis } from "@tocsin/platform/redis";
import { createThreadPool } from "@tocsin/platform/threads/thread-pool";
import { createWakeUps } from "@tocsin/platform/wake-ups";
import type { ApiEnv } from "./env.ts";
import { createOperations } from "./system/operations.ts";

/** Nobody waits longer than this for a connection: who sends an event is told within a second. Milliseconds. */
const acquireTimeout = 900;

const clock = () => new Date();

/** The API's composition root: all that it is made of, connected once. */
export function createDeps(env: ApiEnv): Services & { backlog: BacklogWatch } {
  const log = createLogger({ service: "api", level: env.LOG_LEVEL, format: env.LOG_FORMAT });
  const connections = splitConnections(env.DATABASE_POOL_SIZE, ["statements", "transactions", "prisma"]);
  const database = { url: env.DATABASE_URL, acquireTimeout };
  const pool = createPool({ ...database, connectionLimit: connections });
  const redis = createRedis({ url: env.REDIS_URL, role: "request", log });
  const db = createDatabase({ ...database, connectionLimit: connections.prisma });
  const backlog = watchBacklog(
    { redis, log },
    { streamLength: env.EVENT_STREAM_LIMIT, oldestSeconds: env.EVENT_AGE_LIMIT_SECONDS },
  );
  return {
    db,
    pool,
    redis,
    objects: createObjectStorage(objectStorageOf(env)),
    log,
    clock,
    settings: {
      accessTokenSeconds: env.ACCESS_TOKEN_SECONDS,
      refreshTokenSeconds: env.REFRESH_TOKEN_SECONDS,
      registrationsPerHour: env.REGISTRATIONS_PER_HOUR,
      stormLimit: env.STORM_LIMIT,
      stormWindowSeconds: env.STORM_WINDOW_SECONDS,
      realtime: {
        key: env.PUSHER_KEY,
        cluster: env.PUSHER_CLUSTER,
        wsHost: env.PUSHER_HOST ?? null,
        wsPort: env.PUSHER_PORT ?? null,
        forceTLS: env.PUSHER_USE_TLS,
      },
    },
    signingKeys: signingKeys(env),
    realtimeKeys: { key: env.PUSHER_KEY, secret: env.PUSHER_SECRET },
    apiKeyCache: createApiKeyCache({ db, log, clock }),
    sessionCache: createSessionCache({ redis, log }),
    intake: createEventIntake({
      ...{ pool, redis, log },
      backlogLimit: env.EVENT_BACKLOG_LIMIT,
      backlogReason: backlog.reason,
    }),
    backlog,
    operations: createOperations(env, redis),
    wakeUps: createWakeUps({ redis, log }),
    threads: createThreadPool({ log }),
  };
}

function keyOf(text: string): KeyObject {
  return createSecretKey(Buffer.from(text));
}

/** The present key signs; the one before still verifies, so that a change of keys logs nobody out. */
function signingKeys(env: ApiEnv): Services["signingKeys"] {
  const current = { id: env.JWT_KEY_ID, key: keyOf(env.JWT_SECRET) };
  if (env.JWT_PREVIOUS_SECRET === undefined || env.JWT_PREVIOUS_KEY_ID === undefined) return [current];
  return [current, { id: env.JWT_PREVIOUS_KEY_ID, key: keyOf(env.JWT_PREVIOUS_SECRET) }];
}
