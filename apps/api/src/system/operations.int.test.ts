import { testRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { createRedis, untilReady } from "@tocsin/platform/redis";
import { addJobs, createQueue } from "@tocsin/platform/queues";
import { newId } from "@tocsin/db/ids";
import { expect, it } from "vitest";
import { recordingLog } from "../testing/stub-services.ts";
import { testEnv } from "../testing/test-app.ts";
import { createOperations } from "./operations.ts";

it("the API counts the jobs of every queue, and says that Pusher is away", async () => {
  const database = await testRedisDatabase();
  const redis = createRedis({ url: database.url, role: "request", log: recordingLog().log });
  await untilReady(redis);
  try {
    const env = testEnv({ PUSHER_HOST: "127.0.0.1", PUSHER_PORT: "1", PUSHER_USE_TLS: "false" });
    const operations = createOperations(env, redis);
    const eventId = newId();
    await addJobs(createQueue("event-processing-queue", redis), "retryEvent", [
      { id: `${eventId}-retry`, payload: { eventId }, delay: 60_000 },
    ]);
    expect(await operations.countJobs()).toContainEqual({
      ...{ name: "event-processing-queue", waiting: 0, active: 0, delayed: 1, failed: 0 },
    });
    await expect(operations.pingRealtime()).rejects.toMatchObject({ name: "PusherRequestError" });
  } finally {
    redis.disconnect();
    await database.release();
  }
});
