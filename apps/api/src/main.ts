// The API: REST at /api/v1, tRPC at /trpc, docs and health.
import { createServer } from "node:http";
import { EnvError, readEnv } from "@tocsin/platform/env";
import { assertRedisKeeps } from "@tocsin/platform/redis";
import { createShutdown } from "@tocsin/platform/shutdown";
import { createApp } from "./app.ts";
import { createDeps } from "./deps.ts";
import { type ApiEnv, apiEnvSchema } from "./env.ts";

/** How long stopping may take. Milliseconds. */
const deadlineMs = 25_000;

start(readEnvOrExit());

function readEnvOrExit(): ApiEnv {
  try {
    return readEnv(apiEnvSchema, process.env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

function start(env: ApiEnv): void {
  const services = createDeps(env);
  const { log, redis, db, pool, intake } = services;
  const shutdown = createShutdown({ log, deadlineMs });
  // Redis may come later: events are accepted without it. One that forgets is refused as soon as it is seen.
  redis.once("ready", () => {
    assertRedisKeeps(redis).catch((error: unknown) => {
      log.error("This Redis cannot be used", { error });
      void shutdown.run("unusable Redis", 1);
    });
  });

  const app = createApp({ env, services, isStopping: () => shutdown.isStopping });
  const server = createServer(app);
  server.on("error", (error) => {
    log.error(`Cannot listen on ${env.HOST}:${env.PORT} (PORT)`, { error });
    process.exit(1);
  });
  server.listen(env.PORT, env.HOST, () => log.info("API is ready", { host: env.HOST, port: env.PORT }));

  shutdown.add("requests", async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
  });
  shutdown.add("event intake", () => intake.close());
  shutdown.add("MySQL", () => Promise.all([db.$disconnect(), pool.close()]));
  shutdown.add("Redis", () => redis.disconnect());
}
