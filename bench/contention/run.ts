import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "@tocsin/db/pool";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { type Client, logIn } from "../../tests/support/client.ts";
import type { OwnEngines } from "../../tests/support/own-engines.ts";
import { accounts } from "../../tests/support/system.ts";
import type { BenchOptions } from "../options.ts";
import { atMost, type BenchResult } from "../report.ts";
import { percentile } from "../system/load.ts";
import { emailOf, givePeople } from "../system/people.ts";
import { assertEqual, countRows, untilDelivered, untilProcessed } from "../system/progress.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";

/** So many people get every alert, and so many of them read and acknowledge meanwhile. */
const people = 1000;
const readers = 20;

/** An alert comes so often: four thousand copies a second. Milliseconds. */
const everyMs = 250;

const role = "Crowd";
const type = "contention.happened";

/**
 * Two workers alert the same thousand people while some of these read and acknowledge: how long a person waits for a
 * change of an inbox that others write to, and whether every count is right in the end.
 */
export async function runContention(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const tocsin = await startTocsin(options, { rules: 0 });
  const { system, pool, engines } = tocsin;
  await system.startWorker({
    ...{ WORKER_NAME: "second", WORKER_HEALTH_PORT: String(await freePort()) },
  });
  try {
    const ids = await givePeople(system, role, people);
    await giveRule(await logIn(system, accounts.admin.email));
    const some = await Promise.all(ids.slice(0, readers).map((id) => logIn(system, emailOf(id))));
    const before = await readLockStatus(engines);
    const stopping = new AbortController();
    const changing = Promise.all(some.map((client) => changeInbox(client, stopping.signal)));
    // Told where it is waited for: unheard, it would end the process and leave the engines behind.
    changing.catch(() => undefined);
    const alerts = await raiseAlerts(tocsin, seconds);
    await untilProcessed(pool);
    await untilDelivered(pool);
    stopping.abort();
    const changes = await changing;
    const latencies = changes.flatMap(({ answered }) => answered).toSorted((a, b) => a - b);
    const refused = changes.reduce((sum, change) => sum + change.refused, 0);
    const after = await readLockStatus(engines);
    assertEqual("Alerts", await countRows(pool, "notification", "kind = 'alert'"), alerts);
    assertEqual("Copies", await countRows(pool, "notification_recipient", "TRUE"), alerts * people);
    assertEqual("Inboxes with wrong counts", await countWrongInboxes(pool), 0);
    return {
      bench: "contention",
      databases: [tocsin.database],
      rows: [
        { case: `alerts to ${people} people`, value: alerts, unit: "" },
        { case: "changes of inboxes meanwhile", value: latencies.length, unit: "" },
        { case: "changes refused with 503", value: refused, unit: "" },
        { case: "a change is answered, p50", value: percentile(latencies, 0.5), unit: "ms" },
        { case: "a change is answered, p99", value: percentile(latencies, 0.99), unit: "ms" },
        { case: "deadlocks", value: after.deadlocks - before.deadlocks, unit: "" },
        { case: "waits for rows", value: after.waits - before.waits, unit: "" },
        {
          case: "a wait for a row, on average",
          ...{
            value: (after.waitedMs - before.waitedMs) / Math.max(1, after.waits - before.waits),
            unit: "ms",
          },
        },
      ],
      targets: [atMost("changes refused with 503, share", 0.01, refused / (refused + latencies.length))],
    };
  } finally {
    await tocsin.close();
  }
}

async function giveRule(admin: Client): Promise<void> {
  const rule = { name: type, condition: `event.type == "${type}"`, targetRoles: [role], stormLimit: 100_000 };
  const { status, body } = await admin.post("/api/v1/rules", rule);
  assertEqual(`Status of ${JSON.stringify(body)}`, status, 201);
}

/** @returns how many alerts there will be */
async function raiseAlerts({ system, token }: MeasuredTocsin, seconds: number): Promise<number> {
  const alerts = Math.ceil((seconds * 1000) / everyMs);
  for (let alert = 0; alert < alerts; alert += 1) {
    const response = await fetch(`${system.url}/api/v1/events`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ type, source: "bench" }),
    });
    assertEqual("Status", response.status, 202);
    await response.body?.cancel();
    await wait(everyMs);
  }
  return alerts;
}

interface Changes {
  /** How long each took. Milliseconds. */
  answered: number[];
  /** How many met an API whose connections all waited. */
  refused: number;
}

/** Reads and acknowledges in turn whatever is new. */
async function changeInbox(client: Client, signal: AbortSignal): Promise<Changes> {
  const changes: Changes = { answered: [], refused: 0 };
  while (!signal.aborted) {
    const { body } = await client.get("/api/v1/notifications?limit=1&status=unread");
    const [newest] = (body["items"] ?? []) as { id: string }[];
    if (!newest) {
      await wait(10);
      continue;
    }
    const change = changes.answered.length % 2 === 0 ? "read" : "acknowledge";
    const startedAt = performance.now();
    const { status } = await client.put(`/api/v1/notifications/${newest.id}/${change}`);
    if (status === 503) changes.refused += 1;
    else changes.answered.push(performance.now() - startedAt);
    if (status !== 503) assertEqual("Status of a change", status, 200);
  }
  return changes;
}

interface LockStatus {
  deadlocks: number;
  waits: number;
  waitedMs: number;
}

/** What InnoDB counts on every server; MySQL has no status variable for deadlocks. */
const lockMetrics = {
  deadlocks: "lock_deadlocks",
  waits: "lock_row_lock_waits",
  waitedMs: "lock_row_lock_time",
};

async function readLockStatus({ administrate }: OwnEngines): Promise<LockStatus> {
  const counts = new Map<string, number>();
  await administrate(async (send) => {
    const rows = await send<{ name: string; count: bigint }[]>(
      `SELECT NAME AS name, COUNT AS count FROM information_schema.INNODB_METRICS
        WHERE NAME IN ('${Object.values(lockMetrics).join("', '")}')`,
    );
    for (const { name, count } of rows) counts.set(name, Number(count));
  });
  const countOf = (name: keyof LockStatus) => counts.get(lockMetrics[name]) ?? Number.NaN;
  return { deadlocks: countOf("deadlocks"), waits: countOf("waits"), waitedMs: countOf("waitedMs") };
}

/** People whose count of unread alerts is not that of their copies. */
async function countWrongInboxes(pool: Pool): Promise<number> {
  const [row] = await pool.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM user_inbox
      WHERE unread <> (SELECT COUNT(*) FROM notification_recipient AS copy
                        WHERE copy.userId = user_inbox.userId AND copy.readAt IS NULL AND copy.deletedAt IS NULL)`,
  );
  return row?.count ?? 0;
}
