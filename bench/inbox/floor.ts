// The floor: the same rows by the same few statements behind Express, for one person and without anything else: nobody
// logs in, nothing is checked or limited. And the peer: pages by OFFSET with everything counted, as one would write first.
import { createPool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import express from "express";

const { DATABASE_URL = "", PORT = "", USER_ID = "" } = process.env;
const pool = createPool({ url: DATABASE_URL, connectionLimit: 10, acquireTimeout: 60_000 });
const app = express();
app.disable("x-powered-by");
app.set("etag", false);

interface Row {
  id: string;
  seq: number;
}

async function withPeople(rows: readonly Row[]): Promise<object[]> {
  if (rows.length === 0) return [];
  const people = await pool.query<{ notificationId: string; userId: string; acknowledgedAt: Date | null }[]>(
    `SELECT notificationId, userId, acknowledgedAt FROM notification_recipient WHERE notificationId IN (${placeholders(rows)})`,
    rows.map(({ id }) => id),
  );
  const byId = Map.groupBy(people, ({ notificationId }) => notificationId);
  return rows.map((row) => {
    const own = byId.get(row.id) ?? [];
    return {
      ...row,
      recipients: own.map(({ userId }) => userId),
      acknowledgedBy: own.filter(({ acknowledgedAt }) => acknowledgedAt).map(({ userId }) => userId),
    };
  });
}

const columns = `
  notification.id, notification.ruleId, eventId, notification.kind, title, message, truncated, sound, action,
  notification.priority, occurrences, delivered, pusherEventSent, notification.createdAt, notification.deliveredAt,
  recipientCount, notification.acknowledgedAt AS alertAcknowledgedAt, resolvedAt, copy.seq, copy.readAt,
  copy.acknowledgedAt, copy.archivedAt`;
const joined = "notification_recipient AS copy JOIN notification ON notification.id = copy.notificationId";
const listed = "copy.userId = ? AND copy.deletedAt IS NULL AND copy.archivedAt IS NULL";

app.get("/ready", (_request, response) => void response.end());

app.get("/list", async (request, response) => {
  const { cursor } = request.query;
  const before = typeof cursor === "string" ? cursor : "~";
  const [rows, [inbox]] = await Promise.all([
    pool.query<Row[]>(
      `SELECT ${columns} FROM ${joined} WHERE ${listed} AND copy.notificationId < ?
        ORDER BY copy.notificationId DESC LIMIT 21`,
      [USER_ID, before],
    ),
    before === "~"
      ? pool.query<{ listed: number }[]>("SELECT listed FROM user_inbox WHERE userId = ?", [USER_ID])
      : [],
  ]);
  response.json({ items: await withPeople(rows.slice(0, 20)), total: inbox?.listed });
});

app.get("/offset", async (request, response) => {
  const [rows, [counted]] = await Promise.all([
    pool.query<Row[]>(
      `SELECT ${columns} FROM ${joined} WHERE ${listed} ORDER BY copy.notificationId DESC LIMIT 20 OFFSET ?`,
      [USER_ID, Number(request.query["offset"])],
    ),
    pool.query<{ total: number }[]>(
      `SELECT COUNT(*) AS total FROM notification_recipient AS copy WHERE ${listed}`,
      [USER_ID],
    ),
  ]);
  response.json({ items: await withPeople(rows), total: counted?.total });
});

app.get("/unread-count", async (_request, response) => {
  const [inbox] = await pool.query<{ unread: number }[]>("SELECT unread FROM user_inbox WHERE userId = ?", [
    USER_ID,
  ]);
  response.json({ count: inbox?.unread });
});

app.get("/sync", async (request, response) => {
  const rows = await pool.query<Row[]>(
    `SELECT ${columns}, copy.deletedAt FROM ${joined} WHERE copy.userId = ? AND copy.seq > ? ORDER BY copy.seq LIMIT 21`,
    [USER_ID, Number(request.query["after"])],
  );
  response.json({ changes: await withPeople(rows.slice(0, 20)), next: rows.at(-1)?.seq });
});

app.listen(Number(PORT), "127.0.0.1");
