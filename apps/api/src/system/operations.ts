import { queueNames } from "@tocsin/contracts/jobs";
import type { Services } from "@tocsin/core/context";
import type { Operations } from "@tocsin/core/system/operations";
import { createPusher, pingPusher } from "@tocsin/platform/pusher";
import { countJobs, createQueue } from "@tocsin/platform/queues";
import packageJson from "../../package.json" with { type: "json" };
import type { ApiEnv } from "../env.ts";

/** How long Pusher may take to answer whoever asks for the status. Milliseconds. */
const pusherTimeout = 1_000;

/** What the API can tell of the system: it looks at the worker's queues, but adds nothing to them. */
export function createOperations(env: ApiEnv, redis: Services["redis"]): Operations {
  const pusher = createPusher({
    appId: env.PUSHER_APP_ID,
    key: env.PUSHER_KEY,
    secret: env.PUSHER_SECRET,
    cluster: env.PUSHER_CLUSTER,
    host: env.PUSHER_HOST,
    port: env.PUSHER_PORT,
    useTLS: env.PUSHER_USE_TLS,
    timeoutMs: pusherTimeout,
  });
  const queues = queueNames.map((name) => createQueue(name, redis));
  return {
    build: { version: packageJson.version, node: process.version, startedAt: new Date() },
    pingRealtime: () => pingPusher(pusher),
    countJobs: () => countJobs(queues),
  };
}
