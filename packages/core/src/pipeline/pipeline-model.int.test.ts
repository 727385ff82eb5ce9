import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRandom, type Random } from "@tocsin/sandbox/random";
import { hashOf } from "../events/hash.ts";
import { createSilence } from "../silences/create-silence.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { type ModelEvent, type ModelRule, PipelineModel } from "../testing/pipeline-model.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { PipelineServices } from "./process-batch.ts";
import { processBatch } from "./process-batch.ts";
import type { StreamEntry } from "./stream-entry.ts";

/** MODEL_HISTORIES and MODEL_SEED make the run longer, or repeat it. */
const histories = Number(process.env["MODEL_HISTORIES"] ?? 60);
const seed = Number(process.env["MODEL_SEED"] ?? Math.trunc(Math.random() * 1_000_000));

let test: Awaited<ReturnType<typeof createTestServices>>;
const people: string[] = [];
const ruleNames = new Map<string, string>();
let rules: ModelRule[] = [];

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  const [operator, treasury] = [await givenRole(db, "Operator"), await givenRole(db, "Treasury")];
  people.push(await givenUser(db, [operator]), await givenUser(db, [operator, treasury]));
  const [ada = "", ben = ""] = people;
  const ctx = test.contextOf(actorOf(ada));
  const some: [ModelRule, string[]][] = [
    [
      { name: "plain", recipients: [ada, ben], dedupWindow: 0, stormLimit: 1000, stormWindow: 60_000 },
      ["Operator"],
    ],
    [
      { name: "dedup", recipients: [ben], dedupWindow: 2_000, stormLimit: 1000, stormWindow: 60_000 },
      ["Treasury"],
    ],
    [
      { name: "stormy", recipients: [ada, ben], dedupWindow: 0, stormLimit: 3, stormWindow: 3_000 },
      ["Operator"],
    ],
    [
      { name: "both", recipients: [ben], dedupWindow: 3_000, stormLimit: 2, stormWindow: 5_000 },
      ["Treasury"],
    ],
  ];
  for (const [rule, targetRoles] of some) {
    const { id } = await givenRule(ctx, {
      condition: `event.${rule.name} == true`,
      targetRoles,
      dedupWindowSeconds: rule.dedupWindow / 1000,
      stormLimit: rule.stormLimit,
      stormWindowSeconds: rule.stormWindow / 1000,
    });
    ruleNames.set(id, rule.name);
  }
  rules = some.map(([rule]) => ({ ...rule, recipients: rule.recipients.toSorted() }));
  await createSilence(ctx, {
    ...{ condition: "event.quiet == true", comment: "", weekly: null },
    ...{ startsAt: new Date(0).toISOString(), endsAt: new Date(Date.now() + 86_400_000).toISOString() },
  });
});

afterAll(() => test.close());

const below = (random: Random, limit: number) => Math.floor(random() * limit);

/** Three of four trigger; the others resolve more often than they acknowledge. */
function actionOf(kind: number): ModelEvent["action"] {
  if (kind < 0.75) return "trigger";
  return kind < 0.9 ? "resolve" : "acknowledge";
}

function randomEvents(random: Random): ModelEvent[] {
  const count = 5 + below(random, 25);
  let time = Date.now() - 60_000;
  return Array.from({ length: count }, () => {
    // Often in the same millisecond, as events of one request are.
    time += random() < 0.4 ? 0 : below(random, 1_500);
    const kind = random();
    return {
      id: newId(),
      action: actionOf(kind),
      receivedAt: time,
      dedupKey: random() < 0.2 ? null : `k${below(random, 3)}`,
      rules: rules.filter(() => random() < 0.6).map(({ name }) => name),
      isSilenced: random() < 0.1,
    };
  });
}

/** Batches of neighbours, some of which come again later, alone or with others. */
function randomBatches(random: Random, events: readonly ModelEvent[]): ModelEvent[][] {
  const batches: ModelEvent[][] = [];
  let rest = [...events];
  // Entries overtake each other where two workers read the stream.
  if (random() < 0.3) rest = rest.toSorted(() => random() - 0.5);
  while (rest.length > 0) batches.push(rest.splice(0, 1 + below(random, 8)));
  for (const batch of batches.slice()) {
    if (random() < 0.4) batches.splice(below(random, batches.length + 1), 0, [...batch]);
  }
  return batches;
}

async function store(events: readonly ModelEvent[]): Promise<void> {
  await test.services.pool.query(
    `INSERT INTO event (id, type, source, payload, action, bodyHash, dedupKey, receivedAt)
     VALUES ${events.map(() => "(?, 'model', 'test', ?, ?, ?, ?, ?)").join(", ")}`,
    events.flatMap(({ id, action, dedupKey, receivedAt, rules: names, isSilenced }) => {
      const payload = { ...Object.fromEntries(names.map((name) => [name, true])), quiet: isSilenced };
      return [id, JSON.stringify(payload), action, hashOf(id), dedupKey, new Date(receivedAt)];
    }),
  );
}

/** Where a worker dies. */
type Crash = "none" | "before ranks" | "while writing" | "before commit" | "after commit";

class WorkerDied extends Error {}

/** A pool whose worker dies at that point of its transaction, or of the one statement of a batch that nothing matches. */
function dyingPool(pool: Pool, crash: Crash, statement: number): Pool {
  return {
    ...pool,
    async query<Result>(sql: string, values?: readonly unknown[]): Promise<Result> {
      const isWriting = sql.startsWith("UPDATE event");
      if (isWriting && (crash === "while writing" || crash === "before commit")) throw new WorkerDied();
      const result = await pool.query<Result>(sql, values);
      if (isWriting && crash === "after commit") throw new WorkerDied();
      return result;
    },
    async transaction(isolation, transact) {
      const result = await pool.transaction(isolation, async (connection) => {
        let statements = 0;
        // Who died sends nothing more, either.
        const send = async <Answer>(query: () => Promise<Answer>): Promise<Answer> => {
          statements += 1;
          if (crash === "while writing" && statements >= statement) throw new WorkerDied();
          return query();
        };
        const done = await transact({
          query: (sql, values) => send(() => connection.query(sql, values)),
          insertMany: (sql, rows) => send(() => connection.insertMany(sql, rows)),
        });
        if (crash === "before commit") throw new WorkerDied();
        return done;
      });
      if (crash === "after commit") throw new WorkerDied();
      return result;
    },
  };
}

/** Processes a batch as a worker does that may die, and that delivers some batches' alerts itself. */
async function work(
  services: PipelineServices,
  batch: readonly ModelEvent[],
  { crash, statement, hasRoom }: { crash: Crash; statement: number; hasRoom: boolean },
): Promise<{ isCommitted: boolean; isCounted: boolean }> {
  const entries = batch.map(({ id }, index): StreamEntry => ({
    kind: "stored",
    streamId: `1-${index}`,
    eventId: id,
  }));
  // Read before the worker dies: the snapshot has a transaction of its own.
  const snapshot = await services.snapshots.current();
  let isCounted = true;
  const dying = {
    ...services,
    log: { ...services.log, warn: () => (isCounted = false) },
    pool: dyingPool(services.pool, crash, statement),
    snapshots: { current: async () => snapshot },
    ownDeliveries: { clock: () => new Date(), pushPlatforms: [], hasRoom: () => hasRoom },
  };
  try {
    await processBatch(dying, entries);
    return { isCommitted: true, isCounted };
  } catch (error) {
    if (!(error instanceof WorkerDied)) throw error;
    return { isCommitted: crash === "after commit", isCounted };
  }
}

async function startOver(): Promise<void> {
  const { pool, redis } = test.services;
  for (const table of [
    "notification_recipient",
    "decision_log",
    "alert_group",
    "dedup_marker",
    "notification",
    "event",
  ]) {
    await pool.query(`DELETE FROM ${table}`);
  }
  await pool.query(
    "UPDATE rule_gate SET stormId = NULL, openedAt = NULL, nextDigestAt = NULL, suppressed = 0",
  );
  await pool.query("UPDATE user_inbox SET lastSeq = 0, unread = 0");
  await redis.flushdb();
}

/** What the database holds, told in the model's words. */
async function outcome() {
  const { db } = test.services;
  const [notifications, recipients, decisions, inboxes, groups] = await Promise.all([
    db.notification.findMany(),
    db.notificationRecipient.findMany({ orderBy: { userId: "asc" } }),
    db.decisionLog.findMany(),
    db.userInbox.findMany({ where: { userId: { in: people } } }),
    db.alertGroup.findMany(),
  ]);
  const counts = await Promise.all(
    Array.from(ruleNames, async ([ruleId, name]) => {
      const members = await test.services.redis.zrange(`tocsin:storm:${ruleId}`, 0, "-1", "WITHSCORES");
      return toPairs(members).map(
        ([member, place]) => [`place of ${member} in ${name}`, Number(place)] as const,
      );
    }),
  );
  const recipientsOf = Map.groupBy(recipients, ({ notificationId }) => notificationId);
  const keys = new Map<string, string>();
  for (const { id, kind, ruleId, sourceKey, eventId } of notifications) {
    const name = ruleNames.get(ruleId ?? "") ?? "";
    if (kind === "storm") keys.set(id, `storm:${name}`);
    if (kind === "alert") keys.set(id, `alert:${name}:${eventId ?? ""}`);
    expect(sourceKey).toBeTruthy();
  }
  for (const { id, kind, sourceKey } of notifications) {
    if (kind === "resolved") keys.set(id, `resolved:${keys.get(sourceKey.slice("resolved:".length)) ?? ""}`);
  }
  return {
    windows: new Map(
      groups.map(({ ruleId, groupKey, notificationId, windowEndsAt }) => [
        `window of ${ruleNames.get(ruleId) ?? ""} ${groupKey}`,
        { alert: keys.get(notificationId), end: windowEndsAt.getTime() },
      ]),
    ),
    counts: new Map(counts.flat()),
    notifications: new Map(
      notifications.map((row) => [
        keys.get(row.id) ?? row.id,
        {
          rule: ruleNames.get(row.ruleId ?? ""),
          recipients: (recipientsOf.get(row.id) ?? []).map(({ userId }) => userId),
          occurrences: row.occurrences,
          isResolved: row.resolvedAt !== null,
          isAcknowledged: row.acknowledgedAt !== null,
          isDue: row.deliveryDueAt !== null,
        },
      ]),
    ),
    decisions: new Map(
      decisions.map(({ eventId, ruleId, outcome: what, reason, notificationId }) => [
        `${ruleNames.get(ruleId) ?? ""} ${eventId}`,
        {
          outcome: what,
          reason,
          notification: notificationId === null ? null : (keys.get(notificationId) ?? "?"),
        },
      ]),
    ),
    inboxes: new Map(
      inboxes.map(({ userId, lastSeq, unread }) => [
        userId,
        {
          lastSeq: Number(lastSeq),
          unread,
          seqs: recipients
            .filter((row) => row.userId === userId)
            .map(({ seq }) => Number(seq))
            .toSorted((a, b) => a - b),
        },
      ]),
    ),
  };
}

/** Redis answers with members and scores in turn. */
function toPairs(list: readonly string[]): [string, string][] {
  return Array.from({ length: list.length / 2 }, (_, index) => [
    list[index * 2] ?? "",
    list[index * 2 + 1] ?? "",
  ]);
}

function expected(model: PipelineModel) {
  const copies = (userId: string) =>
    [...model.notifications.values()].filter(({ recipients }) => recipients.includes(userId)).length;
  const places = [...model.counts].flatMap(([rule, members]) =>
    members.map(({ member, place }) => [`place of ${member} in ${rule}`, place] as const),
  );
  return {
    windows: new Map(Array.from(model.windows, ([group, window]) => [`window of ${group}`, window])),
    counts: new Map(places),
    notifications: new Map(
      Array.from(
        model.notifications,
        ([key, { rule, recipients, occurrences, isResolved, isAcknowledged }]) => [
          key,
          {
            ...{ rule, recipients, occurrences, isResolved, isAcknowledged },
            isDue: !isResolved && !isAcknowledged,
          },
        ],
      ),
    ),
    decisions: model.decisions,
    inboxes: new Map(
      people.map((userId) => {
        const count = copies(userId);
        return [
          userId,
          { lastSeq: count, unread: count, seqs: Array.from({ length: count }, (_, index) => index + 1) },
        ];
      }),
    ),
  };
}

const crashes: Crash[] = ["before ranks", "while writing", "before commit", "after commit"];

/** What happened, in an order that explains what the database holds. */
type Step =
  | { kind: "counts are lost" }
  | { kind: "counted"; batch: ModelEvent[] }
  /** What has a key, once the batch holds its locks. */
  | { kind: "counted by keys"; batch: ModelEvent[] }
  /** Redis may have counted and answered too late: then every rank is 1. */
  | { kind: "committed"; batch: ModelEvent[]; isCounted: boolean };

function replay(steps: readonly Step[]): PipelineModel {
  const model = new PipelineModel(rules);
  const ranks = new Map<ModelEvent[], Map<string, number>>();
  for (const step of steps) {
    if (step.kind === "counts are lost") model.loseCounts();
    else if (step.kind === "counted") ranks.set(step.batch, model.count(step.batch));
    else if (step.kind === "counted by keys")
      ranks.set(step.batch, new Map([...(ranks.get(step.batch) ?? []), ...model.countFoldable(step.batch)]));
    else model.commit(step.batch, (step.isCounted && ranks.get(step.batch)) || new Map());
  }
  return model;
}

async function runHistory(random: Random): Promise<void> {
  await startOver();
  const events = randomEvents(random);
  await store(events);
  const open = randomBatches(random, events);
  let steps: Step[] = [];
  while (open.length > 0) {
    if (random() < 0.05) {
      await test.services.redis.flushdb();
      steps.push({ kind: "counts are lost" });
    }
    // Sometimes two workers are at it at once.
    const batches = open.splice(0, random() < 0.3 ? 2 : 1);
    const committed = await Promise.all(
      batches.map(async (batch) => {
        const crash = random() < 0.35 ? (crashes[below(random, crashes.length)] ?? "none") : "none";
        // What a worker that dies leaves behind comes again, now or later.
        if (crash !== "none") open.splice(below(random, open.length + 1), 0, [...batch]);
        if (crash === "before ranks") return [[]];
        const counted: Step = { kind: "counted", batch };
        const byKeys: Step = { kind: "counted by keys", batch };
        const { isCommitted, isCounted } = await work(test.pipeline, batch, {
          crash,
          statement: 1 + below(random, 12),
          hasRoom: random() < 0.5,
        });
        // A worker that died may have come so far, or not.
        return isCommitted
          ? [[counted, byKeys, { kind: "committed", batch, isCounted } as const]]
          : [[counted], [counted, byKeys]];
      }),
    );
    steps = await explain(steps, committed);
  }
}

/**
 * Two workers at once must come to what one after the other would: the order in which they did, and how far those came
 * that died, is found out.
 * @throws AssertionError where there is none
 */
async function explain(
  steps: readonly Step[],
  [first = [[]], second = [[]]]: readonly Step[][][],
): Promise<Step[]> {
  const got = lines(await outcome());
  const candidates = first
    .flatMap((one) => second.flatMap((other) => interleavings(one, other)))
    .map((some) => [...steps, ...some]);
  const fitting = candidates.find((candidate) => {
    const wanted = lines(expected(replay(candidate)));
    return wanted.length === got.length && wanted.every((line) => got.includes(line));
  });
  if (fitting) return fitting;
  const wanted = lines(expected(replay(candidates[0] ?? [])));
  expect({ surplus: got.filter((line) => !wanted.includes(line)) }).toEqual({ surplus: [] });
  expect({ missing: wanted.filter((line) => !got.includes(line)) }).toEqual({ missing: [] });
  throw new Error("No order explains it");
}

/** Every way to do two lists of steps at once. */
function interleavings(first: readonly Step[], second: readonly Step[]): Step[][] {
  const [a, ...restOfFirst] = first;
  const [b, ...restOfSecond] = second;
  if (!a || !b) return [[...first, ...second]];
  return [
    ...interleavings(restOfFirst, second).map((rest) => [a, ...rest]),
    ...interleavings(first, restOfSecond).map((rest) => [b, ...rest]),
  ];
}

/** One line for each thing, so that only what differs is shown. */
function lines(state: Readonly<Record<string, ReadonlyMap<string, unknown>>>): string[] {
  return Object.values(state).flatMap((things) =>
    Array.from(things, ([key, thing]) => `${key} ${JSON.stringify(thing)}`),
  );
}

it(
  `${histories} random histories of batches, redeliveries, crashes, lost counts and two workers at once end as the model says (seed ${seed})`,
  { timeout: 60_000 + histories * 300 },
  async () => {
    const failures: string[] = [];
    for (let history = 0; history < histories && failures.length === 0; history += 1) {
      const own = seed + history;
      await runHistory(createRandom(own)).catch((error: unknown) =>
        failures.push(`MODEL_SEED=${own} MODEL_HISTORIES=1 repeats this: ${String(error)}`),
      );
    }
    expect(failures).toEqual([]);
  },
);
