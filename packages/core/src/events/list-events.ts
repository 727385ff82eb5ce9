import { type ListedEvent, type ListEventsInput, maximumEventTotal } from "@tocsin/contracts/api/events";
import type { Page } from "@tocsin/contracts/api/common";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Event, Prisma } from "@tocsin/db/client";
import { lowestIdAt } from "@tocsin/db/ids";
import type { Context } from "../context.ts";
import { sourceOfKey } from "./source-of-key.ts";
import { cursorPlace, type InstantPlace, instantCursor, offsetOf, toPageBy } from "../paging.ts";

/** By how much the clocks of an API, which makes the ids, and of MySQL may differ. Milliseconds. */
const clockDifference = 300_000;

const newestFirst = [
  { receivedAt: "desc" },
  { id: "desc" },
] as const satisfies Prisma.EventOrderByWithRelationInput[];

const withoutPayload = { payload: true, payloadText: true, bodyHash: true, idempotencyHash: true } as const;

/**
 * A page of events, newest first, without their payloads. A key that is bound to a source sees events of that one only.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours, or a filter would look at every event
 */
export async function listEvents(ctx: Context, input: ListEventsInput): Promise<Page<ListedEvent>> {
  const ownSource = sourceOfKey(ctx.actor);
  refuseLongSearch(input, ownSource);
  const { cursor } = input;
  const isNarrowed = input.type !== undefined || input.status !== undefined;
  const filter = {
    AND: [
      filterOf(input),
      ownSource === null ? {} : { source: ownSource },
      isNarrowed ? {} : amongIds(input),
    ],
  };
  const place = cursor === undefined ? undefined : cursorPlace(cursor);
  const [rows, total] = await Promise.all([
    ctx.db.event.findMany({
      where: { AND: [filter, place ? behind(place, isNarrowed) : {}] },
      // Each type and state has its events in the order of their times; all together have them in that of their ids.
      orderBy: isNarrowed ? [...newestFirst] : { id: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
      omit: withoutPayload,
    }),
    cursor === undefined ? ctx.db.event.count({ where: filter, take: maximumEventTotal }) : undefined,
  ]);
  return toPageBy(rows.map(toListedEvent), input, total, ({ receivedAt, id }) =>
    instantCursor({ timestamp: receivedAt, id }),
  );
}

/** Sources and actions have no index of their own: each would cost every event that comes in. */
function refuseLongSearch({ type, status, source, action }: ListEventsInput, ownSource: string | null): void {
  if (type !== undefined || status !== undefined) return;
  if (ownSource !== null) {
    const message = `This API key sees events of ${JSON.stringify(ownSource)} only: give type or status`;
    throw invalidAt(["type"], message, "too_broad");
  }
  const [field] = Object.entries({ source, action }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (field === undefined) return;
  throw invalidAt(
    [field],
    "Give type or status beside it: by itself it would look at every event",
    "too_broad",
  );
}

function filterOf({ type, status, source, action, from, to }: ListEventsInput): Prisma.EventWhereInput {
  return {
    ...(type !== undefined && { type }),
    ...(status !== undefined && { status }),
    ...(source !== undefined && { source }),
    ...(action !== undefined && { action }),
    ...((from !== undefined || to !== undefined) && {
      receivedAt: {
        ...(from !== undefined && { gte: new Date(from) }),
        ...(to !== undefined && { lt: new Date(to) }),
      },
    }),
  };
}

/** The ids that were made about then: the primary key begins and ends there. */
function amongIds({ from, to }: ListEventsInput): Prisma.EventWhereInput {
  return {
    id: {
      ...(from !== undefined && { gte: lowestIdAt(new Date(Date.parse(from) - clockDifference)) }),
      ...(to !== undefined && { lt: lowestIdAt(new Date(Date.parse(to) + clockDifference)) }),
    },
  };
}

/** The events behind a place. The first condition lets an index start there. */
function behind({ timestamp, id }: InstantPlace, isNarrowed: boolean): Prisma.EventWhereInput {
  if (!isNarrowed) return { id: { lt: id } };
  return { receivedAt: { lte: timestamp }, OR: [{ receivedAt: { lt: timestamp } }, { id: { lt: id } }] };
}

function toListedEvent(event: Omit<Event, keyof typeof withoutPayload>): ListedEvent {
  const { id, type, source, action, status, dedupKey, idempotencyKey, attempts, lastError } = event;
  return {
    ...{ id, type, source, action, status, dedupKey, idempotencyKey, attempts, lastError },
    nextAttemptAt: event.nextAttemptAt?.toISOString() ?? null,
    expiresAt: event.expiresAt?.toISOString() ?? null,
    occurredAt: event.occurredAt?.toISOString() ?? null,
    receivedAt: event.receivedAt.toISOString(),
    processedAt: event.processedAt?.toISOString() ?? null,
  };
}
