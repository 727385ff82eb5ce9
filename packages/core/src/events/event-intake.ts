import type { SentEvent } from "@tocsin/contracts/api/events";
import { DomainError } from "@tocsin/contracts/errors";
import { isConnectionLost, isDataError, isInfrastructureError, isTransient } from "@tocsin/db/errors";
import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import { DeadlineError, withDeadline } from "@tocsin/platform/with-deadline";
import type { Redis } from "ioredis";
import { announceEvents } from "./announce-events.ts";
import { findKeyHolders, insertEvents, type KeyHolder } from "./insert-events.ts";
import type { PreparedEvent } from "./prepare-event.ts";
import { collapseEqualKeys, settleEvent } from "./settle-events.ts";

/** The most rows and bytes of one INSERT. */
const batchRows = 500;
const batchBytes = 4_000_000;

/**
 * How many INSERTs are under way at once; meanwhile the next events gather. Another one begins only for so many that
 * they are worth it: a few events cost least when they wait for the next commit together.
 */
const lanes = 2;
const worthAnotherLane = 20;

/**
 * How long events gather from the beginning of one INSERT to that of the next, unless so many are there before. A lone
 * event is stored at once. Milliseconds.
 */
const gatherMs = 4;

/** How long an INSERT may take: a MySQL that hangs must not let requests hang. Milliseconds. */
const patience = 2_000;

/** How long no event is taken after that. Milliseconds. */
const stallPause = 1_000;

/** How long it is remembered what an INSERT failed with. Milliseconds. */
const troubleMemory = 5_000;

/** Events that wait, each with the request that waits for it. */
interface Waiting {
  event: PreparedEvent;
  sender: object;
  resolve: (sent: SentEvent) => void;
  reject: (error: unknown) => void;
}

export interface EventIntake {
  /**
   * Stores an event together with those of other requests. Resolves once it is committed. Events of one sender are
   * stored in the order in which they were given, each no earlier than the one before by the database's clock.
   * @param sender the request that it came with; left out: nobody else's order matters to it
   * @throws DomainError UNAVAILABLE where too many wait or MySQL is away, at once, or where it hangs, after two seconds:
   * then the event may be stored all the same; IDEMPOTENCY_KEY_REUSED
   */
  accept(event: PreparedEvent, sender?: object): Promise<SentEvent>;
  /**
   * For who would rather know before an event is read and checked: under overload a refusal must cost next to nothing.
   * @throws DomainError UNAVAILABLE where too many wait, here or to be processed
   */
  refuseWhenFull(): void;
  /** How many events wait to be stored. */
  waiting(): number;
  /** What the last INSERT failed with, for five seconds; undefined where it did not fail. */
  trouble(): unknown;
  /** Takes nothing more and resolves when everything taken is answered and in the stream, as far as Redis takes it. */
  close(): Promise<void>;
}

export interface EventIntakeOptions {
  pool: Pool;
  redis: Redis;
  log: Logger;
  /** How many events may wait to be stored before new ones are refused. */
  backlogLimit: number;
  /** Why none are taken just now, whatever waits here; null where they are. */
  backlogReason?: () => string | null;
  /** How long an INSERT may take. Milliseconds; two seconds where nothing is said. */
  patienceMs?: number;
}

/** Gathers the events of concurrent requests into few INSERTs: a commit costs the same for one row and for 500. */
export function createEventIntake(options: EventIntakeOptions): EventIntake {
  const waiting: Waiting[] = [];
  const announcements = new Set<Promise<void>>();
  /** Whose events are being stored. */
  const senders = new Set<object>();
  let busyLanes = 0;
  let isClosed = false;
  let stalledUntil = 0;
  let gathering: NodeJS.Timeout | undefined;
  let onIdle: (() => void) | undefined;
  let failure: { error: unknown; at: number } | undefined;

  function isWorthAnInsert(): boolean {
    if (waiting.length >= worthAnotherLane) return true;
    return waiting.length > 0 && busyLanes === 0 && (isClosed || gathering === undefined);
  }

  function gather(): void {
    clearTimeout(gathering);
    gathering = setTimeout(() => {
      gathering = undefined;
      startLanes();
    }, gatherMs);
  }

  function startLanes(): void {
    while (busyLanes < lanes && isWorthAnInsert()) {
      const batch = pickBatch(waiting, senders);
      if (busyLanes > 0 && batch.length < worthAnotherLane) return;
      removeBatch(waiting, batch);
      const own = new Set(batch.map(({ sender }) => sender));
      for (const sender of own) senders.add(sender);
      busyLanes += 1;
      gather();
      void storeBatch({ ...options, onStall, onStored, announce }, batch).finally(() => {
        for (const sender of own) senders.delete(sender);
        busyLanes -= 1;
        startLanes();
        if (busyLanes === 0) onIdle?.();
      });
    }
  }

  /** Senders do not wait for the stream: their events are committed, and what Redis does not take is added later. */
  function announce(events: readonly PreparedEvent[]): void {
    const announcement: Promise<void> = announceEvents(options.redis, options.log, events).finally(() =>
      announcements.delete(announcement),
    );
    announcements.add(announcement);
  }

  /** MySQL hangs: what waits is not stored, and need not wait for that. */
  function onStall(): void {
    stalledUntil = performance.now() + stallPause;
    for (const { reject } of waiting.splice(0)) reject(unavailable(cannotStore));
  }

  function onStored(error?: unknown): void {
    failure = error === undefined ? undefined : { error, at: performance.now() };
  }

  function refuseWhenFull(): void {
    const reason = options.backlogReason?.() ?? null;
    if (reason !== null) throw unavailable(reason, 5);
    if (performance.now() < stalledUntil) throw unavailable(cannotStore);
    if (isClosed || waiting.length >= options.backlogLimit) throw unavailable("Too many events wait");
  }

  return {
    refuseWhenFull,
    waiting: () => waiting.length,
    trouble: () => (failure && performance.now() - failure.at < troubleMemory ? failure.error : undefined),
    async accept(event, sender = event) {
      refuseWhenFull();
      return new Promise<SentEvent>((resolve, reject) => {
        waiting.push({ event, sender, resolve, reject });
        // Requests that arrived in the same turn of the event loop share the INSERT.
        if (waiting.length === 1 || waiting.length === worthAnotherLane) setImmediate(startLanes);
      });
    },
    async close() {
      isClosed = true;
      if (busyLanes > 0 || waiting.length > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve;
          startLanes();
        });
      }
      await Promise.all(announcements);
    },
  };
}

/**
 * As many events from the front as one INSERT may hold, without those of senders whose events are being stored: two
 * INSERTs at once may be done in either order.
 */
function pickBatch(waiting: readonly Waiting[], senders: ReadonlySet<object>): Waiting[] {
  const batch: Waiting[] = [];
  let bytes = 0;
  for (const entry of waiting) {
    if (senders.has(entry.sender)) continue;
    if (batch.length > 0 && (batch.length >= batchRows || bytes + entry.event.size > batchBytes)) break;
    bytes += entry.event.size;
    batch.push(entry);
  }
  return batch;
}

/** Most often the batch is the front, and the rest need not be looked at. */
function removeBatch(waiting: Waiting[], batch: readonly Waiting[]): void {
  if (batch.every((entry, index) => entry === waiting[index])) {
    waiting.splice(0, batch.length);
    return;
  }
  const taken = new Set(batch);
  const rest = waiting.filter((entry) => !taken.has(entry));
  waiting.splice(0, waiting.length, ...rest);
}

const cannotStore = "Events cannot be stored right now; send it again";

function unavailable(detail: string, retryAfterSeconds = 1): DomainError {
  return new DomainError("UNAVAILABLE", { detail, retryAfterSeconds });
}

interface StoringOptions extends EventIntakeOptions {
  /** An INSERT took too long. */
  onStall: () => void;
  /** An INSERT was done, or failed. */
  onStored: (error?: unknown) => void;
  /** Has committed events put into the stream. */
  announce: (events: readonly PreparedEvent[]) => void;
}

/** Stores a batch and answers each of its requests. Never throws. */
async function storeBatch(options: StoringOptions, batch: readonly Waiting[]): Promise<void> {
  try {
    const events = batch.map(({ event }) => event);
    const storing = storeSurely(options.pool, events);
    const holders = await withDeadline("MySQL", options.patienceMs ?? patience, storing);
    options.onStored();
    const holderOf = new Map(holders.map((holder) => [holder.idempotencyHash.toString("hex"), holder]));
    const settled = batch.map((entry) => ({
      ...entry,
      outcome: settleEvent(entry.event, holderOf.get(entry.event.idempotencyHash?.toString("hex") ?? "")),
    }));
    options.announce(
      settled.flatMap(({ event, outcome }) =>
        "stored" in outcome && !outcome.stored.duplicate ? [event] : [],
      ),
    );
    for (const { outcome, resolve, reject } of settled) {
      if ("stored" in outcome) resolve(outcome.stored);
      else reject(new DomainError("IDEMPOTENCY_KEY_REUSED"));
    }
  } catch (error) {
    if (error instanceof DeadlineError) options.onStall();
    await storeAfterFailure(options, batch, error);
  }
}

/**
 * Stores events. Where an answer was lost nobody knows whether they are stored: they are sent once more, and as their
 * ids are their own none is stored twice.
 * @returns who holds their idempotency keys now
 * @throws whatever the database throws
 */
async function storeSurely(pool: Pool, events: readonly PreparedEvent[]): Promise<KeyHolder[]> {
  try {
    return await store(pool, events);
  } catch (error) {
    if (!isConnectionLost(error) && !isTransient(error)) throw error;
    return store(pool, events);
  }
}

async function store(pool: Pool, events: readonly PreparedEvent[]): Promise<KeyHolder[]> {
  await insertEvents(pool, collapseEqualKeys(events));
  return findKeyHolders(pool, events);
}

/** One event that does not fit must not refuse the others: halves are stored until it stands alone. */
async function storeAfterFailure(
  options: StoringOptions,
  batch: readonly Waiting[],
  error: unknown,
): Promise<void> {
  if (isDataError(error) && batch.length > 1) {
    const middle = Math.ceil(batch.length / 2);
    await storeBatch(options, batch.slice(0, middle));
    await storeBatch(options, batch.slice(middle));
    return;
  }
  options.onStored(error);
  options.log.error("Events could not be stored", { count: batch.length, error });
  for (const { reject } of batch) reject(toRefusal(error));
}

function toRefusal(error: unknown): DomainError {
  // Without the cause: it is in the log once for the batch, and need not be there for each request.
  if (isInfrastructureError(error)) return unavailable(cannotStore);
  if (error instanceof DeadlineError) {
    // What is stored later than this is found by the sweep.
    return unavailable("Nobody knows yet whether it is stored; send it again with its idempotency key");
  }
  if (isDataError(error)) {
    return new DomainError("VALIDATION_FAILED", {
      detail: "The event cannot be stored as it is",
      cause: error,
    });
  }
  return new DomainError("INTERNAL_ERROR", { cause: error });
}
