import { newId } from "@tocsin/db/ids";
import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { isMatching } from "../ingest/event-set.ts";
import type { Redis } from "./with-redis.ts";

/** As many events as Tocsin deals with in one transaction, and as many transactions at once. */
const batchSize = 500;
const atOnce = 2;

/** Change numbers of the floor's own, which meet no others. */
let lastSeq = 1_000_000_000;

interface Work {
  ids: readonly string[];
  ruleId: string;
  recipients: readonly string[];
}

const [stream, group] = ["floor-pipeline", "floor"];

/**
 * The floor: takes the events out of a stream, reads, inserts and updates the same rows as the pipeline, by bare
 * multi-row statements, and takes them off the stream. It judges nothing and tells nobody.
 * @returns events a second
 */
export async function measureFloor(pool: Pool, redis: Redis, work: Work): Promise<number> {
  await redis.xgroup("CREATE", stream, group, "0", "MKSTREAM").catch(() => undefined);
  const pipeline = redis.pipeline();
  for (const id of work.ids) pipeline.xadd(stream, "*", "id", id);
  await pipeline.exec();
  const placeOf = new Map(work.ids.map((id, index) => [id, index]));
  const startedAt = performance.now();
  const run = async () => {
    for (;;) {
      const entries = await readSome(redis);
      if (entries.length === 0) return;
      const ids = entries.map(([, fields]) => fields[1] ?? "");
      await pool.query(`SELECT id, type, source, payload FROM event WHERE id IN (${placeholders(ids)})`, ids);
      const matching = ids.filter((id) => isMatching(placeOf.get(id) ?? 1));
      await withPoolTransaction(pool, (connection) => writeBatch(connection, { ...work, ids }, matching));
      const streamIds = entries.map(([id]) => id);
      await redis
        .multi()
        .xack(stream, group, ...streamIds)
        .xdel(stream, ...streamIds)
        .exec();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, run));
  return work.ids.length / ((performance.now() - startedAt) / 1000);
}

type Entry = [id: string, fields: string[]];

async function readSome(redis: Redis): Promise<Entry[]> {
  const reply = await redis.xreadgroup("GROUP", group, "f", "COUNT", batchSize, "STREAMS", stream, ">");
  return (reply as [string, Entry[]][] | null)?.[0]?.[1] ?? [];
}

async function writeBatch(
  connection: Queryable,
  { ids, ruleId, recipients }: Work,
  matching: readonly string[],
): Promise<void> {
  const alerts = matching.map((eventId) => ({ id: newId(), eventId }));
  await connection.query(
    `UPDATE event SET status = 'processed', processedAt = UTC_TIMESTAMP(3) WHERE id IN (${placeholders(ids)})`,
    ids,
  );
  await connection.insertMany(
    `INSERT INTO notification (id, ruleId, eventId, kind, sourceKey, title, message, priority, ruleVersion, recipientCount, createdAt)
     VALUES (?, ?, ?, 'alert', ?, 'Transfer failed', 'insufficient funds', 3, 1, ?, UTC_TIMESTAMP(3))`,
    alerts.map(({ id, eventId }) => [id, ruleId, eventId, `floor:${eventId}`, recipients.length]),
  );
  await connection.insertMany(
    `INSERT INTO decision_log (eventId, ruleId, ruleVersion, outcome, reason, notificationId, decidedAt)
     VALUES (?, ?, 1, 'alerted', 'new_alert', ?, UTC_TIMESTAMP(3))`,
    alerts.map(({ id, eventId }) => [eventId, ruleId, id]),
  );
  await connection.insertMany(
    "INSERT INTO user_inbox (userId, lastSeq, unread, listed) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE lastSeq = lastSeq + VALUES(lastSeq)",
    alerts.length === 0
      ? []
      : recipients.map((userId) => [userId, alerts.length, alerts.length, alerts.length]),
  );
  await connection.insertMany(
    `INSERT INTO notification_recipient (userId, notificationId, seq, ruleId, kind, priority, createdAt)
     VALUES (?, ?, ?, ?, 'alert', 3, UTC_TIMESTAMP(3))`,
    alerts.flatMap(({ id }) => {
      lastSeq += 1;
      return recipients.map((userId) => [userId, id, lastSeq, ruleId]);
    }),
  );
}
