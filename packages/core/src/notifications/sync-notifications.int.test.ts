import { listNotificationsInputSchema, type NotificationView } from "@tocsin/contracts/api/notifications";
import { DomainError } from "@tocsin/contracts/errors";
import { createRandom, type Random } from "@tocsin/sandbox/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Context, currentUserId } from "../context.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { createSnapshotSource } from "../pipeline/snapshot.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { createTestServices } from "../testing/test-services.ts";
import { acknowledgeNotification } from "./acknowledge-notification.ts";
import { archiveNotification } from "./archive-notification.ts";
import { changeNotifications } from "./change-notifications.ts";
import { countUnread } from "./count-unread.ts";
import { deleteNotification } from "./delete-notification.ts";
import { listNotifications } from "./list-notifications.ts";
import { readNotification } from "./read-notification.ts";
import { reconcileInboxes } from "./reconcile-inboxes.ts";
import { syncNotifications } from "./sync-notifications.ts";
import { findDueTellings, tellRecipients } from "./tell-recipients.ts";

/** SYNC_EVENTS and SYNC_SEED make the run longer, or repeat it. */
const events = Number(process.env["SYNC_EVENTS"] ?? 600);
const seed = Number(process.env["SYNC_SEED"] ?? Math.trunc(Math.random() * 1_000_000));
const drops = 50;

let test: Awaited<ReturnType<typeof createTestServices>>;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(() => test.close());

/** What sync does not tell: it grows and changes without a change number. */
const untold = { occurrences: 0, delivered: false, deliveredAt: null, pusherEventSent: false };

/** A phone that knows its inbox from syncing alone. */
class Phone {
  readonly inbox = new Map<string, NotificationView>();
  #after = 0;
  readonly #ctx: Context;

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  /**
   * Takes one page. Where the line breaks, so many changes are still taken, but not where to go on from: they come
   * again.
   * @returns whether there is more
   */
  async takePage(limit: number, brokenAfter: number | null): Promise<boolean> {
    const { changes, next, more, reset } = await syncNotifications(this.#ctx, { after: this.#after, limit });
    if (reset) throw new Error("The server knows less than the client");
    for (const { id, seq, notification } of changes.slice(0, brokenAfter ?? changes.length)) {
      if (seq <= this.#after) throw new Error(`Change ${seq} came after ${this.#after}`);
      if (notification) this.inbox.set(id, notification);
      else this.inbox.delete(id);
    }
    if (brokenAfter !== null) return true;
    this.#after = next;
    return more;
  }
}

interface People {
  ada: Context;
  ben: Context;
}

async function givenPeople(): Promise<People> {
  const { db } = test.services;
  const role = await givenRole(db, "Operator");
  const [ada, ben] = await Promise.all([givenUser(db, [role]), givenUser(db, [role])]);
  const author = test.contextOf(actorOf(ada));
  await givenRule(author, {
    ...{ condition: 'event.type == "any"', targetRoles: ["Operator"], stormLimit: 100_000 },
    ...{ dedupKeyTemplate: "{{ event.key }}", dedupWindowSeconds: 3600, ackPolicy: "any" },
  });
  await givenRule(author, {
    ...{ condition: 'event.type == "all"', targetRoles: ["Operator"], stormLimit: 100_000 },
    ackPolicy: "all",
  });
  return { ada: test.contextOf(actorOf(ada)), ben: test.contextOf(actorOf(ben)) };
}

/** Takes so many events in by two workers, and ends some, folds some together and acknowledges some by events. */
async function takeEvents(random: Random, onBatch: () => Promise<void>): Promise<void> {
  const { pool } = test.services;
  const workers = [0, 1].map(() => ({
    ...test.pipeline,
    snapshots: createSnapshotSource({ pool, log: test.services.log }),
  }));
  let raised = 0;
  while (raised < events) {
    const batches = workers.map(() =>
      Array.from({ length: 1 + Math.floor(random() * 20) }, () => eventOf(random, (raised += 1))),
    );
    await insertEvents(pool, batches.flat());
    await Promise.all(
      batches.map((batch, index) =>
        processBatch(
          workers[index] ?? test.pipeline,
          batch.map(({ id }) => ({ kind: "stored", streamId: "1-1", eventId: id })),
        ),
      ),
    );
    await onBatch();
  }
}

/** Four of five raise an alert of their own; the others are about an earlier one. */
function eventOf(random: Random, number: number) {
  const isAboutEarlier = random() < 0.2;
  const about = isAboutEarlier ? Math.floor(random() * number) : number;
  const kinds = ["resolve", "acknowledge", "trigger"] as const;
  const action = isAboutEarlier ? (kinds[Math.floor(random() * kinds.length)] ?? "trigger") : "trigger";
  const type = about % 3 === 0 ? "all" : "any";
  return prepareEvent(
    { type, source: "test", payload: { key: `k${about}` }, action, dedupKey: `k${about}` },
    null,
  );
}

const single = [readNotification, acknowledgeNotification, archiveNotification, deleteNotification];
const bulk = ["read", "acknowledge", "archive"] as const;

/** What a second device, or a colleague, does: mostly one thing with one alert, sometimes one with many. */
async function act(random: Random, ctx: Context, seen: readonly string[]): Promise<void> {
  const pick = () => seen[Math.floor(random() * seen.length)] ?? "";
  if (seen.length === 0) return;
  if (random() < 0.2) {
    const verb = bulk[Math.floor(random() * bulk.length)] ?? "read";
    await changeNotifications(ctx, { ids: Array.from({ length: 10 }, pick) }, verb);
    return;
  }
  const verb = single[Math.floor(random() * single.length)] ?? readNotification;
  try {
    await verb(ctx, { id: pick() });
  } catch (error) {
    // Deleted before: as on a device that has not heard of it.
    if (!(error instanceof DomainError && error.code === "NOTIFICATION_NOT_FOUND")) throw error;
  }
}

async function inboxOf(ctx: Context): Promise<NotificationView[]> {
  const everything: NotificationView[] = [];
  for (const status of [undefined, "archived"] as const) {
    let cursor: string | undefined;
    do {
      const input = listNotificationsInputSchema.parse({ limit: 100, status, cursor });
      const page = await listNotifications(ctx, input);
      everything.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
  }
  return everything;
}

const comparable = (views: Iterable<NotificationView>) =>
  Array.from(views, (view) => ({ ...view, ...untold })).toSorted((a, b) => (a.id < b.id ? -1 : 1));

const tellAll = async () => tellRecipients(test.services.pool, await findDueTellings(test.services.pool));

describe("syncing", () => {
  it(
    `ends with exactly the inbox after ${events} events, whatever a second device and a colleague do meanwhile, though the line breaks ${drops} times (SYNC_SEED=${seed})`,
    { timeout: 60_000 + events * 100 },
    async () => {
      const random = createRandom(seed);
      const { ada, ben } = await givenPeople();
      const phone = new Phone(ada);
      let isRaising = true;
      const raising = takeEvents(random, async () => {
        const seen = (await listNotifications(ada, listNotificationsInputSchema.parse({ limit: 100 }))).items;
        const ids = seen.map(({ id }) => id);
        await Promise.all([
          ...Array.from({ length: 4 }, () => act(random, ada, ids)),
          act(random, ben, ids),
          tellAll(),
        ]);
      }).finally(() => (isRaising = false));
      let broken = 0;
      for (let isMore = true; isRaising || isMore || broken < drops;) {
        const limit = 1 + Math.floor(random() * 50);
        const isBroken = broken < drops && random() < 0.5;
        if (isBroken) broken += 1;
        isMore = await phone.takePage(limit, isBroken ? Math.floor(random() * limit) : null);
      }
      await raising;
      while ((await tellAll()) > 0);
      while (await phone.takePage(200, null));

      const inbox = await inboxOf(ada);
      expect(inbox.length).toBeGreaterThan(events / 3);
      expect(comparable(phone.inbox.values())).toEqual(comparable(inbox));
      const unread = inbox.filter(({ readAt }) => readAt === null).length;
      expect(await countUnread(ada)).toEqual({ count: unread });
      const userIds = [ada, ben].map(currentUserId);
      await test.services.pool.query(
        "UPDATE user_inbox SET reconciledAt = '2000-01-01' WHERE userId IN (?, ?)",
        userIds,
      );
      expect(await reconcileInboxes(test.services.pool)).toEqual({ checked: 2, mended: [] });
    },
  );

  it("tells a client that knows a number which was never given to begin again", async () => {
    const author = test.contextOf(actorOf(await givenUser(test.services.db, [])));
    const ada = test.contextOf(actorOf(await givenUser(test.services.db, [])));
    const { id: ruleId } = await givenRule(author, {
      condition: 'event.type == "x"',
      targetRoles: [await nameOfNewRole()],
    });
    await givenAlert(test.services.pool, [ada], { ruleId });
    expect(await syncNotifications(ada, { after: 1, limit: 10 })).toMatchObject({ reset: false, next: 1 });
    expect(await syncNotifications(ada, { after: 2, limit: 10 })).toMatchObject({ reset: true, next: 0 });
  });
});

describe("inboxes", () => {
  it("whose counts are wrong are mended once a day, by one of many workers, and nobody else's are touched", async () => {
    const { db, pool } = test.services;
    const [wrong, right] = [await givenUser(db, []), await givenUser(db, [])];
    await db.userInbox.update({ where: { userId: wrong }, data: { unread: 7, archived: -1 } });
    expect((await reconcileInboxes(pool)).mended).toEqual([]);
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    await db.userInbox.updateMany({
      where: { userId: { in: [wrong, right] } },
      data: { reconciledAt: yesterday },
    });
    const passes = await Promise.all([1, 2, 3].map(() => reconcileInboxes(pool)));
    expect(passes.reduce((sum, { checked }) => sum + checked, 0)).toBe(2);
    expect(passes.flatMap(({ mended }) => mended)).toMatchObject([
      { userId: wrong, before: { unread: 7, archived: -1 }, after: { unread: 0, archived: 0 } },
    ]);
    expect(await db.userInbox.findUniqueOrThrow({ where: { userId: wrong } })).toMatchObject({
      unread: 0,
      archived: 0,
    });
  });
});

async function nameOfNewRole(): Promise<string> {
  await givenRole(test.services.db, "Nobody");
  return "Nobody";
}
