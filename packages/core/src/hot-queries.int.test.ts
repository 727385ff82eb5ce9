import { listAuditInputSchema, type ListAuditInput } from "@tocsin/contracts/api/audit";
import { listEventsInputSchema, type ListEventsInput } from "@tocsin/contracts/api/events";
import {
  listNotificationsInputSchema,
  type ListNotificationsInput,
} from "@tocsin/contracts/api/notifications";
import { listRulesInputSchema, type RuleOrder, ruleOrders } from "@tocsin/contracts/api/rules";
import type { Database } from "@tocsin/db/client";
import { readPlan, type TableAccess } from "@tocsin/db/testing/query-plan";
import {
  openRecordedDatabase,
  type RecordedStatement,
  recordPool,
} from "@tocsin/db/testing/recorded-statements";
import { countRowsRead } from "@tocsin/db/testing/rows-read";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportAudit } from "./audit/export-audit.ts";
import { listAudit } from "./audit/list-audit.ts";
import { readPastEvents } from "./backtests/read-past-events.ts";
import { getBucket } from "./buckets/get-bucket.ts";
import { listBalanceEntries } from "./buckets/list-balance-entries.ts";
import { listBuckets } from "./buckets/list-buckets.ts";
import { monitorBuckets } from "./buckets/monitor-buckets.ts";
import type { Context } from "./context.ts";
import { listDeadLetters } from "./dead-letters/list-dead-letters.ts";
import { findDueDeliveries } from "./delivery/find-due-deliveries.ts";
import { findDueWithdrawals } from "./delivery/find-due-withdrawals.ts";
import { jobLeaseMs, newLease } from "./delivery/lease.ts";
import { leaseDeliveries } from "./delivery/lease-deliveries.ts";
import { reportDelivery } from "./delivery/report-delivery.ts";
import { listDevices } from "./devices/list-devices.ts";
import { findOverdueEvents } from "./events/find-overdue-events.ts";
import { getEvent } from "./events/get-event.ts";
import { listEvents } from "./events/list-events.ts";
import { acknowledgeNotification } from "./notifications/acknowledge-notification.ts";
import { countUnread } from "./notifications/count-unread.ts";
import { getNotification } from "./notifications/get-notification.ts";
import { listNotifications } from "./notifications/list-notifications.ts";
import { readNotification } from "./notifications/read-notification.ts";
import { reconcileInboxes } from "./notifications/reconcile-inboxes.ts";
import { renewSyncEpoch } from "./notifications/renew-sync-epoch.ts";
import { syncNotifications } from "./notifications/sync-notifications.ts";
import { findDueTellings, tellRecipients } from "./notifications/tell-recipients.ts";
import { instantCursor } from "./paging.ts";
import { findDuePushes } from "./push/find-due-pushes.ts";
import { leasePushes } from "./push/lease-pushes.ts";
import { findOpenStorms, waitingWork } from "./rebuild/waiting-work.ts";
import { waitingEvents } from "./rebuild/waiting-events.ts";
import { listRuleVersions } from "./rules/list-rule-versions.ts";
import { listRules } from "./rules/list-rules.ts";
import { listSounds } from "./sounds/list-sounds.ts";
import { findDueStorms } from "./storms/find-due-storms.ts";
import { findOverdueWork } from "./system/find-overdue-work.ts";
import { actorOf } from "./testing/fixtures.ts";
import { givenMuch, hashOf, type MuchData, prefixOf } from "./testing/given-much.ts";
import { createTestServices } from "./testing/test-services.ts";
import { listUsers } from "./users/list-users.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let recordedDb: Database;
let ctx: Context;
let data: MuchData;
const statements: RecordedStatement[] = [];

beforeAll(async () => {
  test = await createTestServices();
  data = await givenMuch(test.services.pool);
  recordedDb = openRecordedDatabase(test.databaseUrl, statements);
  ctx = {
    ...test.contextOf(actorOf(data.users[0] ?? "")),
    pool: recordPool(test.services.pool, statements),
    db: recordedDb,
  };
}, 60_000);

afterAll(async () => {
  await recordedDb.$disconnect();
  await test.close();
});

/** The middle of a list, as its next page is asked for. */
const middle = (ids: readonly string[]) => ids[Math.floor(ids.length / 2)] ?? "";
const page = { page: 1, limit: 20 };
const tomorrow = () =>
  instantCursor({ timestamp: new Date(Date.now() + 86_400_000).toISOString(), id: data.events[0] ?? "" });

const inbox = async (some: Partial<ListNotificationsInput>) =>
  listNotifications(ctx, {
    ...listNotificationsInputSchema.parse({}),
    cursor: some.scope === "all" ? tomorrow() : middle(data.notifications),
    ...some,
  });
const events = async (some: Partial<ListEventsInput>) =>
  listEvents(ctx, { ...listEventsInputSchema.parse({}), cursor: tomorrow(), ...some });
const audit = async (some: Partial<ListAuditInput>) =>
  listAudit(ctx, { ...listAuditInputSchema.parse({}), cursor: tomorrow(), ...some });
const drain = async (rows: AsyncIterable<unknown>) => {
  for await (const row of rows) if (row === undefined) return;
};

/** The second page of the rules in an order. */
async function rules(sort: RuleOrder): Promise<unknown> {
  const input = { ...listRulesInputSchema.parse({}), sort };
  const { nextCursor } = await listRules({ ...ctx, db: test.services.db }, input);
  return listRules(ctx, { ...input, ...(nextCursor && { cursor: nextCursor }) });
}

const ruleList = (order: RuleOrder): [string, () => Promise<unknown>] => [
  `rules by ${order}`,
  () => rules(order),
];
const byId: readonly RuleOrder[] = ["createdAt", "-createdAt"];

/** What is asked all day long, by the verbs that ask it. */
const reads: [what: string, run: () => Promise<unknown>][] = [
  ["a person's inbox", () => inbox({})],
  ["a person's unread", () => inbox({ status: "unread" })],
  ["everyone's notifications", () => inbox({ scope: "all" })],
  ["everyone's notifications of a priority", () => inbox({ scope: "all", priority: 1 })],
  ["everyone's notifications of two priorities", () => inbox({ scope: "all", priorityAtMost: 2 })],
  ["everyone's notifications of a kind", () => inbox({ scope: "all", kind: "storm" })],
  ["everyone's notifications of a rule", () => inbox({ scope: "all", ruleId: data.rules[3] })],
  ["what changed in an inbox", () => syncNotifications(ctx, { after: 1900, limit: 50 })],
  ["one notification", () => getNotification(ctx, { id: middle(data.notifications) })],
  ["how many are unread", () => countUnread(ctx)],
  ["who was told of an alert", () => reportDelivery(ctx, { id: middle(data.notifications) })],
  ["all events", () => events({})],
  ["events of a type", () => events({ type: "type-3" })],
  ["events of a type and source", () => events({ type: "type-3", source: "s" })],
  ["events in a state", () => events({ status: "received" })],
  ["one event", () => getEvent(ctx, { id: middle(data.events) })],
  ["the audit log", () => audit({})],
  ["the audit log of a user", () => audit({ userId: data.users[5] })],
  ["the audit log of an action", () => audit({ action: "a-3" })],
  ["the audit log of a kind of thing", () => audit({ resourceType: "kind-3" })],
  ["the audit log of one thing", () => audit({ resourceId: data.rules[3] })],
  ["the exported audit log of a user", () => drain(exportAudit(ctx, { userId: data.users[5] }))],
  ...ruleOrders.flatMap((order) => (byId.includes(order) ? [] : [ruleList(order)])),
  ["the versions of a rule", () => listRuleVersions(ctx, { ...page, id: data.rules[3] ?? "", cursor: "25" })],
  [
    "users who wait for approval",
    () => listUsers(ctx, { ...page, status: "pending", cursor: data.users[0] }),
  ],
  [
    "dead letters",
    () => listDeadLetters(ctx, { ...page, status: "open", cursor: "ffffffff-ffff-7fff-bfff-ffffffffffff" }),
  ],
  ["buckets", () => listBuckets(ctx, { ...page, cursor: middle(data.buckets) })],
  ["buckets in breach", () => listBuckets(ctx, { ...page, state: "breached", cursor: data.buckets.at(-1) })],
  [
    "buckets of a currency",
    () => listBuckets(ctx, { ...page, currency: "CHF", cursor: data.buckets.at(-1) }),
  ],
  ["one bucket", () => getBucket(ctx, { id: middle(data.buckets) })],
  [
    "what changed a balance",
    () =>
      listBalanceEntries(ctx, {
        ...{ ...page, id: data.buckets[3] ?? "", cursor: "ffffffff-ffff-7fff-bfff-ffffffffffff" },
      }),
  ],
  ["sounds", () => listSounds(ctx, { ...page, cursor: middle(data.sounds) })],
  ["a person's devices", () => listDevices(ctx)],
  ["past events, for a backtest", () => drain(readPastEvents(ctx.pool, new Date(Date.now() - 3_600_000)))],
  ["a session by its token", () => ctx.db.refreshToken.findUnique({ where: { tokenHash: hashOf(7) } })],
  ["an API key by its prefix", () => ctx.db.apiKey.findUnique({ where: { prefix: prefixOf(7) } })],
  ["a user by e-mail", () => ctx.db.user.findUnique({ where: { email: "7@example.com" } })],
  ["deliveries that are due", () => findDueDeliveries(ctx.pool)],
  ["withdrawals that are due", () => findDueWithdrawals(ctx.pool)],
  ["push notifications that are due", () => findDuePushes(ctx.pool, "fcm")],
  ["storms whose summary is due", () => findDueStorms(ctx.pool)],
  ["alerts whose change is to be told", () => findDueTellings(ctx.pool)],
  ["events that wait, for a rebuild", () => drain(waitingEvents(ctx.pool, "received"))],
  ["deliveries that wait, for a rebuild", () => drain(waitingWork(ctx.pool, "deliver"))],
  ["push notifications that wait, for a rebuild", () => drain(waitingWork(ctx.pool, "fcm"))],
  ["open storms, for a rebuild", () => findOpenStorms(ctx.pool)],
  ["whatever is overdue", () => findOverdueWork(ctx.pool)],
];

/** What walks along an inbox until a page is full, and what is changed all day long. */
const others: [what: string, run: () => Promise<unknown>][] = [
  // MySQL sorts what is not deleted; there are some hundred rules.
  ...byId.map(ruleList),
  ["a person's notifications of a rule", () => inbox({ ruleId: data.rules[3] })],
  ["events that the stream has lost", () => findOverdueEvents(ctx)],
  ["reading a notification", () => readNotification(ctx, { id: data.notifications[700] ?? "" })],
  ["acknowledging a notification", () => acknowledgeNotification(ctx, { id: data.notifications[701] ?? "" })],
  [
    "leasing deliveries",
    () => leaseDeliveries({ ...ctx, pushPlatforms: ["fcm"] }, data.notifications.slice(0, 50)),
  ],
  [
    "leasing push notifications",
    () =>
      leasePushes(ctx.pool, newLease(jobLeaseMs), {
        platform: "fcm",
        notificationIds: data.notifications.slice(0, 50),
      }),
  ],
  ["whether the database was put back", () => renewSyncEpoch(ctx, { auditDays: 365 })],
  ["telling inboxes of a change", () => tellRecipients(ctx.pool, data.notifications.slice(0, 50))],
  ["looking through the balances", () => monitorBuckets(ctx)],
  ["counting inboxes again", () => reconcileInboxes(ctx.pool)],
];

/** Those of a statement that would look at every row of a table. */
async function scansOf({ sql, values }: RecordedStatement): Promise<TableAccess[]> {
  if (!/^\s*\(*\s*(?:SELECT|UPDATE|DELETE)\b/i.test(sql)) return [];
  const plan = await readPlan(test.services.pool, sql, values);
  // What is bounded may walk along an index; that it stops is held below.
  const kinds = /\bLIMIT\b/.test(sql) ? ["whole table"] : ["whole table", "whole index"];
  return plan.filter(({ kind }) => kinds.includes(kind));
}

/** The statements of `run`, each once. */
async function statementsOf(run: () => Promise<unknown>): Promise<RecordedStatement[]> {
  statements.length = 0;
  await run();
  return [...new Map(statements.map((statement) => [statement.sql, statement])).values()];
}

describe.each([...reads, ...others])("%s", (_, run) => {
  it("looks at no whole table", async () => {
    const asked = await statementsOf(run);
    expect(asked).not.toEqual([]);
    for (const statement of asked) {
      expect({ sql: statement.sql, scans: await scansOf(statement) }).toEqual({
        sql: statement.sql,
        scans: [],
      });
    }
  });
});

/** An entry of an index, its row and what is joined to it; those of a temporary table are written, sorted and read. */
const rowsReadPerRow = 10;

describe.each(reads)("%s", (_, run) => {
  it("reads a few rows for each that it gives", async () => {
    for (const { sql, values } of await statementsOf(run)) {
      if (/\bCOUNT\(/.test(sql) || !/^\s*\(*\s*SELECT\b/i.test(sql)) continue;
      const { read, given } = await countRowsRead(test.services.pool, sql, values);
      const most = rowsReadPerRow * (given + 1);
      expect({ sql, given, read: Math.max(read, most) }).toEqual({ sql, given, read: most });
    }
  });
});
