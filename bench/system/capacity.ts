import { bodiesOf } from "../ingest/event-set.ts";
import { singleConnections } from "../ingest/send-events.ts";
import { sendAll } from "./load.ts";
import { untilProcessed } from "./progress.ts";
import type { MeasuredTocsin } from "./tocsin.ts";

/** How many events are sent to measure what the system can do. Events a second. */
const perSecond = 4_000;

/** How many are sent before that. */
const warmUpEvents = 15_000;

/** How many single POSTs a second the system accepts and processes, over and over. */
export async function measureCapacity(tocsin: MeasuredTocsin, seconds: number): Promise<number> {
  const target = {
    urls: [tocsin.system.url],
    path: "/api/v1/events",
    token: tocsin.token,
    connections: singleConnections,
  };
  const run = async (count: number) => {
    const startedAt = performance.now();
    await sendAll(target, bodiesOf(count, 1), () => 1);
    await untilProcessed(tocsin.pool);
    return count / ((performance.now() - startedAt) / 1000);
  };
  await run(warmUpEvents);
  return run(perSecond * seconds);
}
