import { join } from "node:path";
import { jobCatalogue } from "@tocsin/contracts/jobs";
import { createQueue } from "@tocsin/platform/queues";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { startProcess } from "@tocsin/sandbox/testing/start-process";
import { matchingOf } from "../ingest/event-set.ts";
import { recipientCount } from "../ingest/rule-set.ts";
import { peerStream } from "../ingest/peer-stream.ts";
import type { BenchOptions } from "../options.ts";
import { atLeast, type BenchResult } from "../report.ts";
import { startCpuMeter } from "../system/cpu-time.ts";
import {
  assertEqual,
  countRows,
  untilDelivered,
  untilInInboxes,
  untilProcessed,
} from "../system/progress.ts";
import { givePeople } from "../system/people.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";
import { announceAll, storeEvents } from "./fill-stream.ts";
import { measureFloor } from "./floor.ts";
import { type Redis, withRedis } from "./with-redis.ts";

/** Events for each second that a run is to last, as a rough guess of what the machine does. */
const perSecond = 12_000;
const crowdedPerSecond = 1_500;
const peerPerSecond = 500;

/** So many people more have the role of an operator. */
const crowd = 997;

/**
 * Events that are in the stream already until they are processed, their alerts in all inboxes and their deliveries
 * enqueued: what the pipeline does by itself. With three recipients an alert, and with a thousand.
 */
export async function runPipeline(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const tocsin = await startTocsin(options);
  try {
    const few = await measureOurs(tocsin, { count: perSecond * seconds, recipients: recipientCount });
    const fewFloor = await floorOf(tocsin, perSecond * seconds, recipientCount);
    console.log("  the peer");
    const peer = await measurePeer(tocsin, peerPerSecond * seconds);
    console.log(`  ${recipientCount + crowd} recipients`);
    await givePeople(tocsin.system, "Operator", crowd);
    const recipients = recipientCount + crowd;
    const many = await measureOurs(tocsin, { count: crowdedPerSecond * seconds, recipients });
    const manyFloor = await floorOf(tocsin, crowdedPerSecond * seconds, recipients);
    return {
      bench: "pipeline",
      databases: [tocsin.database],
      rows: [
        {
          case: titleOf(recipientCount, "Tocsin"),
          ...{
            value: few.pace,
            unit: "events/s",
            floorRatio: few.pace / fewFloor,
            peerRatio: few.pace / peer,
          },
        },
        ...cpuRows(titleOf(recipientCount, "Tocsin"), few.cpu),
        { case: titleOf(recipientCount, "bare parts"), value: fewFloor, unit: "events/s", floorRatio: 1 },
        { case: titleOf(recipientCount, "one job an event"), value: peer, unit: "events/s" },
        {
          case: titleOf(recipients, "Tocsin"),
          ...{ value: many.pace, unit: "events/s", floorRatio: many.pace / manyFloor },
        },
        ...cpuRows(titleOf(recipients, "Tocsin"), many.cpu),
        {
          case: titleOf(recipients, "Tocsin, inbox rows"),
          ...{ value: (many.pace * recipients) / 100, unit: "rows/s" },
        },
        { case: titleOf(recipients, "bare parts"), value: manyFloor, unit: "events/s", floorRatio: 1 },
      ],
      targets: [
        atLeast(`${recipientCount} recipients, share of the floor`, 0.4, few.pace / fewFloor),
        atLeast(`${recipients} recipients, share of the floor`, 0.4, many.pace / manyFloor),
        atLeast(`${recipientCount} recipients, times the peer`, 6, few.pace / peer),
      ],
    };
  } finally {
    await tocsin.close();
  }
}

const titleOf = (people: number, what: string) => `${people} recipients an alert: ${what}`;

interface Measured {
  pace: number;
  cpu: Record<string, number>;
}

function cpuRows(label: string, cpu: Record<string, number>) {
  return Object.entries(cpu).map(([name, value]) => ({
    case: `${label}, CPU of ${name}`,
    ...{ value, unit: "µs/event" },
  }));
}

/**
 * The worker starts when all events wait for it: its pace is that between the first processed event and the moment
 * when all are, and their alerts are in all inboxes. The deliveries that it enqueues are made afterwards.
 */
async function measureOurs(
  tocsin: MeasuredTocsin,
  work: { count: number; recipients: number },
): Promise<Measured> {
  return withRedis(tocsin.engines.redisUrl, async (redis) => {
    await tocsin.system.worker().stop();
    const deliveries = createQueue(jobCatalogue.deliverNotifications.queue, redis);
    await deliveries.pause();
    const measured = await measurePipeline(tocsin, redis, work);
    await deliveries.resume();
    await untilDelivered(tocsin.pool);
    await deliveries.close();
    return measured;
  });
}

async function measurePipeline(
  { system, pool, engines }: MeasuredTocsin,
  redis: Redis,
  { count, recipients }: { count: number; recipients: number },
): Promise<Measured> {
  const stored = await storeEvents(pool, count);
  await announceAll(redis, stored);
  const alertsBefore = await countRows(pool, "notification", "kind = 'alert'");
  const copiesBefore = await countRows(pool, "notification_recipient", "TRUE");
  const cpuOf = startCpuMeter(engines.pids());
  const worker = await system.startWorker();
  const workerCpuOf = startCpuMeter({ worker: worker.pid });
  await untilProcessed(pool);
  await untilInInboxes(pool);
  const [times] = await pool.query<{ seconds: string }[]>(
    "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(processedAt), UTC_TIMESTAMP(6)) / 1000000 AS seconds FROM event WHERE id BETWEEN ? AND ?",
    [stored[0]?.id, stored.at(-1)?.id],
  );
  const cpu = { ...workerCpuOf(count), ...cpuOf(count) };
  const alerts = (await countRows(pool, "notification", "kind = 'alert'")) - alertsBefore;
  const copies = (await countRows(pool, "notification_recipient", "TRUE")) - copiesBefore;
  assertEqual("Alerts raised", alerts, matchingOf(count));
  assertEqual("Inbox rows", copies, matchingOf(count) * recipients);
  return { pace: count / Number(times?.seconds), cpu };
}

async function floorOf(
  { system, pool, engines }: MeasuredTocsin,
  count: number,
  people: number,
): Promise<number> {
  await system.worker().stop();
  const [rule] = await pool.query<{ id: string }[]>("SELECT id FROM rule LIMIT 1");
  const recipients = await pool.query<{ id: string }[]>("SELECT id FROM user ORDER BY id LIMIT ?", [people]);
  const ids = (await storeEvents(pool, count)).map(({ id }) => id);
  const work = { ids, ruleId: rule?.id ?? "", recipients: recipients.map(({ id }) => id) };
  const pace = await withRedis(engines.redisUrl, (redis) => measureFloor(pool, redis, work));
  await untilProcessed(pool);
  return pace;
}

async function measurePeer({ pool, engines }: MeasuredTocsin, count: number): Promise<number> {
  const stored = await storeEvents(pool, count);
  const port = await freePort();
  const peer = await startProcess({
    name: "peer",
    entry: join(import.meta.dirname, "../ingest/peer-worker.ts"),
    env: { DATABASE_URL: engines.databaseUrl, REDIS_URL: engines.redisUrl, PORT: String(port) },
    isReady: `http://127.0.0.1:${port}/`,
  });
  try {
    const startedAt = performance.now();
    await withRedis(engines.redisUrl, async (redis) => {
      const pipeline = redis.pipeline();
      for (const { id } of stored) pipeline.xadd(peerStream, "*", "id", id);
      await pipeline.exec();
    });
    await untilProcessed(pool);
    return count / ((performance.now() - startedAt) / 1000);
  } finally {
    await peer.stop();
  }
}
