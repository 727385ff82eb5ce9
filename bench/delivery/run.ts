import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { insertEvents } from "@tocsin/core/events/insert-events";
import { prepareEvent } from "@tocsin/core/events/prepare-event";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { logIn } from "../../tests/support/client.ts";
import { accounts } from "../../tests/support/system.ts";
import type { BenchOptions } from "../options.ts";
import { announceAll } from "../pipeline/fill-stream.ts";
import { withRedis } from "../pipeline/with-redis.ts";
import { atLeast, atMost, type BenchResult } from "../report.ts";
import { startCpuMeter } from "../system/cpu-time.ts";
import { assertEqual, countRows, untilDelivered } from "../system/progress.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";
import { givePeople, givePhones } from "../system/people.ts";

/** Alerts for each second that a run is to last, as a rough guess of what the machine does. */
const perSecond = 1_500;
const crowdedPerSecond = 8;
const crowd = 1_000;

/** How many push notifications are under way at once, in Tocsin's channels and bare. */
const atOnce = 50;

const runProgram = promisify(execFile);

/**
 * Events that each raise an alert, from the stream until the alert is decided, in every inbox, taken by the providers
 * and all of that written down; on engines whose commits are on disk, the stand-ins on the same processors.
 */
export async function runDelivery(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const tocsin = await startTocsin(options, { rules: 0 });
  try {
    const { system } = tocsin;
    const [, people] = [await givePeople(system, "Three", 3), await givePeople(system, "Crowd", crowd)];
    await giveRule(tocsin, "few", "Three");
    await giveRule(tocsin, "many", "Crowd");
    await deliver(tocsin, "few", 500);
    const few = await deliver(tocsin, "few", perSecond * seconds);
    console.log(`  ${crowd} recipients`);
    await deliver(tocsin, "many", 2);
    const one = await deliver(tocsin, "many", 1);
    const many = await deliver(tocsin, "many", crowdedPerSecond * seconds);
    const recipients = crowdedPerSecond * seconds * crowd;
    const pushes = [];
    for (const platform of ["fcm", "apns"] as const) {
      console.log(`  ${platform}`);
      await givePhones(system, people, platform);
      const ours = await push(tocsin, platform, crowdedPerSecond);
      pushes.push({ platform, ours, bare: await pushBare(tocsin, platform, crowdedPerSecond * crowd) });
    }
    const fewPace = (perSecond * seconds) / few.seconds;
    return {
      bench: "delivery",
      databases: [tocsin.database],
      rows: [
        { case: "alerts to 3 people, delivered and written down", value: fewPace, unit: "alerts/s" },
        ...Object.entries(few.cpu).map(([name, value]) => ({
          case: `alerts to 3 people, CPU of ${name}`,
          ...{ value, unit: "µs/alert" },
        })),
        {
          case: `alerts to ${crowd} people, from the stream to all written`,
          ...{ value: recipients / many.seconds, unit: "people/s" },
        },
        {
          case: `alerts to ${crowd} people, Pusher's calls`,
          ...{ value: recipients / many.callSeconds, unit: "people/s" },
        },
        ...pushes.flatMap(({ platform, ours, bare }) => [
          {
            case: `${platform}: Tocsin, written down`,
            value: ours,
            unit: "pushes/s",
            floorRatio: ours / bare,
          },
          { case: `${platform}: the SDK alone`, value: bare, unit: "pushes/s", floorRatio: 1 },
        ]),
      ],
      targets: [
        atLeast("alerts to 3 people, alerts/s", 1_500, fewPace),
        atMost(`Pusher calls of one alert to ${crowd} people`, 10, one.calls),
        atLeast("Pusher's calls, people/s", 20_000, recipients / many.callSeconds),
        atLeast("from the stream to all written, people/s", 8_000, recipients / many.seconds),
        ...pushes.map(({ platform, ours, bare }) =>
          atLeast(`${platform}, share of the SDK alone`, 0.5, ours / bare),
        ),
      ],
    };
  } finally {
    await tocsin.close();
  }
}

async function giveRule({ system }: MeasuredTocsin, type: string, role: string): Promise<void> {
  const admin = await logIn(system, accounts.admin.email);
  const { status } = await admin.post("/api/v1/rules", {
    name: type,
    condition: `event.type == "${type}"`,
    targetRoles: [role],
    stormLimit: 100_000,
    stormWindowSeconds: 1,
  });
  assertEqual("Status of the rule", status, 201);
}

interface Delivered {
  seconds: number;
  calls: number;
  /** The time in which at least one call to Pusher was under way. */
  callSeconds: number;
  cpu: Record<string, number>;
}

/** Puts events into the stream and waits until their alerts are delivered. */
async function deliver(
  { pool, engines, processes }: MeasuredTocsin,
  type: string,
  count: number,
): Promise<Delivered> {
  const events = Array.from({ length: count }, () =>
    prepareEvent({ type, source: "bench", payload: { amount: 1 }, action: "trigger" }, null),
  );
  for (let start = 0; start < count; start += 500) await insertEvents(pool, events.slice(start, start + 500));
  const attemptsBefore = await lastAttempt(pool);
  const cpuOf = startCpuMeter(processes());
  const [begin] = await pool.query<{ now: Date }[]>("SELECT UTC_TIMESTAMP(3) AS now");
  const ids = events.map(({ id }) => id);
  await withRedis(engines.redisUrl, (redis) => announceAll(redis, events));
  const alerts = () => countRows(pool, "notification", `eventId BETWEEN '${ids[0]}' AND '${ids.at(-1)}'`);
  await eventually(async () => assertEqual("Alerts raised", await alerts(), count), {
    timeoutMs: 300_000,
    everyMs: 50,
  });
  await untilDelivered(pool);
  const cpu = cpuOf(count);
  const [end] = await pool.query<{ at: Date; undelivered: number }[]>(
    "SELECT MAX(deliveredAt) AS at, SUM(NOT delivered) AS undelivered FROM notification WHERE eventId BETWEEN ? AND ?",
    [ids[0], ids.at(-1)],
  );
  assertEqual("Alerts not delivered", Number(end?.undelivered), 0);
  const calls = await pool.query<{ startedAt: Date; finishedAt: Date }[]>(
    "SELECT startedAt, finishedAt FROM delivery_attempt WHERE id > ? AND channel = 'pusher' ORDER BY startedAt",
    [attemptsBefore],
  );
  const seconds = ((end?.at.getTime() ?? 0) - (begin?.now.getTime() ?? 0)) / 1000;
  return { seconds, calls: calls.length, callSeconds: coveredSeconds(calls), cpu };
}

async function lastAttempt(pool: MeasuredTocsin["pool"]): Promise<string> {
  const [row] = await pool.query<{ id: string | null }[]>("SELECT MAX(id) AS id FROM delivery_attempt");
  return row?.id ?? "";
}

/** How long at least one of the spans lasted. */
function coveredSeconds(spans: readonly { startedAt: Date; finishedAt: Date }[]): number {
  let [covered, until] = [0, 0];
  for (const { startedAt, finishedAt } of spans) {
    const from = Math.max(startedAt.getTime(), until);
    if (finishedAt.getTime() > from) covered += finishedAt.getTime() - from;
    until = Math.max(until, finishedAt.getTime());
  }
  return Math.max(covered, 1) / 1000;
}

/** @returns push notifications a second, from the first call to the last row */
async function push(tocsin: MeasuredTocsin, platform: "fcm" | "apns", alerts: number): Promise<number> {
  const { pool } = tocsin;
  await deliver(tocsin, "many", 1);
  await untilPushed(pool);
  const before = await lastAttempt(pool);
  const sentBefore = await countRows(pool, "push_delivery", "status = 'accepted'");
  await deliver(tocsin, "many", alerts);
  await untilPushed(pool);
  const sent = (await countRows(pool, "push_delivery", "status = 'accepted'")) - sentBefore;
  assertEqual("Push notifications", sent, alerts * crowd);
  const [span] = await pool.query<{ seconds: string }[]>(
    `SELECT TIMESTAMPDIFF(MICROSECOND,
              (SELECT MIN(startedAt) FROM delivery_attempt WHERE id > ? AND channel = ?),
              (SELECT MAX(sentAt) FROM push_delivery WHERE platform = ?)) / 1000000 AS seconds`,
    [before, platform, platform],
  );
  return sent / Number(span?.seconds);
}

async function untilPushed(pool: MeasuredTocsin["pool"]): Promise<void> {
  await eventually(
    async () => assertEqual("Pushes due", await countRows(pool, "push_delivery", "dueAt IS NOT NULL"), 0),
    { timeoutMs: 120_000, everyMs: 50 },
  );
}

async function pushBare({ system }: MeasuredTocsin, platform: string, count: number): Promise<number> {
  const program = join(import.meta.dirname, "bare-push.ts");
  const { stdout } = await runProgram(process.execPath, [program, platform, String(count), String(atOnce)], {
    env: { ...process.env, ...system.phoneSettings },
  });
  return (JSON.parse(stdout) as { perSecond: number }).perSecond;
}
