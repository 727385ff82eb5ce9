import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../ids.ts";
import { createPool, type Pool } from "../pool.ts";
import { migrateUpTo } from "../testing/earlier-schema.ts";
import { readPrismaSchema } from "../testing/prisma-schema.ts";
import { readTables } from "../testing/read-tables.ts";
import { migrate } from "./migrate.ts";
import { migrationsFolder, readMigrations } from "./read-migrations.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const names = readMigrations(migrationsFolder).map(({ name }) => name);
const latest = names.at(-1) ?? "";

/** Before the first migration that changes rows. */
const EARLY = "20261103010000_rule_history";

const ids = { user: newId(), rule: newId(), event: newId(), digest: newId(), alert: newId() };

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, connectionLimit: 2 });
}, 120_000);

afterAll(async () => {
  await pool.close();
  await database.drop();
});

describe("a database with rows of an earlier version", { timeout: 120_000 }, () => {
  it("keeps them, with what later versions want to know of them, up to the newest version", async () => {
    await migrateUpTo(database.url, EARLY);
    await fill(pool);
    const early = await countRows(pool);
    await migrateUpTo(database.url, latest);
    expect(await countRows(pool)).toEqual(early);
    const before = await pool.query("SELECT * FROM notification ORDER BY id");

    expect(await migrate({ url: database.url })).toEqual({ applied: [latest], newer: [] });

    expect(await countRows(pool)).toEqual(early);
    expect(await pool.query("SELECT * FROM notification ORDER BY id")).toMatchObject(before as object[]);
    expect(await pool.query("SELECT version, kind FROM rule_version ORDER BY version")).toEqual([
      { version: 1, kind: "created" },
      { version: 2, kind: "updated" },
    ]);
    const created = new Date("2026-10-01T10:00:00.123Z");
    const deleted = new Date("2026-10-01T11:00:00.000Z");
    expect(
      await pool.query(
        "SELECT notificationId, ruleId, kind, priority, createdAt, readAt FROM notification_recipient ORDER BY seq",
      ),
    ).toEqual([
      {
        notificationId: ids.alert,
        ruleId: ids.rule,
        kind: "alert",
        priority: 5,
        createdAt: created,
        readAt: null,
      },
      {
        notificationId: ids.digest,
        ruleId: ids.rule,
        kind: "digest",
        priority: 2,
        createdAt: created,
        readAt: deleted,
      },
    ]);
    expect(
      await pool.query("SELECT lastSeq, unread, listed, acknowledged, archived FROM user_inbox"),
    ).toEqual([{ lastSeq: 2, unread: 1, listed: 1, acknowledged: 1, archived: 0 }]);
    expect(await pool.query("SELECT name, permissions FROM role")).toEqual([
      { name: "Wächter 🔔", permissions: expect.stringMatching(/^\["alerts:read", ?"alerts:ack"\]$/) },
    ]);
  });

  it("has the same tables afterwards as one that was empty", async () => {
    const schema = readFileSync(join(import.meta.dirname, "../../../../prisma/schema.prisma"), "utf8");
    const columns = (tables: { name: string; columns: { name: string }[] }[]) =>
      tables.flatMap((table) => table.columns.map((column) => `${table.name}.${column.name}`)).toSorted();
    expect(columns((await readTables(pool)).map(({ table }) => table))).toEqual(
      columns(readPrismaSchema(schema)),
    );
  });
});

/** As the version of then wrote them. */
async function fill(target: Pool): Promise<void> {
  const { user, rule, event, digest, alert } = ids;
  const role = newId();
  const created = "2026-10-01 10:00:00.123";
  const statements: [sql: string, values: unknown[]][] = [
    [
      `INSERT INTO role (id, name, permissions, description) VALUES (?, 'Wächter 🔔', '["alerts:read","alerts:ack"]', '')`,
      [role],
    ],
    [
      "INSERT INTO user (id, email, passwordHash, status, updatedAt) VALUES (?, 'ada@example.org', 'x', 'active', ?)",
      [user, created],
    ],
    ["INSERT INTO user_role (userId, roleId) VALUES (?, ?)", [user, role]],
    [
      "INSERT INTO api_key (id, name, prefix, secretHash, scopes, createdBy) VALUES (?, 'bank', 'toc_12345678', ?, '[]', ?)",
      [newId(), Buffer.alloc(32), user],
    ],
    [
      `INSERT INTO rule (id, name, description, \`condition\`, titleTemplate, messageTemplate, priority, createdBy, updatedAt)
       VALUES (?, 'Failed', '', 'true', 'Failed', 'Failed', 5, ?, ?)`,
      [rule, user, created],
    ],
    ["INSERT INTO rule_version (ruleId, version, snapshot, authorId) VALUES (?, 1, '{}', ?)", [rule, user]],
    ["INSERT INTO rule_version (ruleId, version, snapshot, authorId) VALUES (?, 2, '{}', ?)", [rule, user]],
    [
      `INSERT INTO event (id, type, source, payload, bodyHash, receivedAt)
       VALUES (?, 'transfer.failed', 'bank', '{"amount": 1}', ?, ?)`,
      [event, Buffer.alloc(32), created],
    ],
    ...[
      { id: alert, kind: "alert", priority: 5 },
      { id: digest, kind: "digest", priority: 2 },
    ].map(({ id, kind, priority }): [string, unknown[]] => [
      `INSERT INTO notification (id, ruleId, eventId, kind, sourceKey, title, message, priority, ruleVersion, createdAt)
       VALUES (?, ?, ?, ?, ?, 'Failed', 'Failed', ?, 1, ?)`,
      [id, rule, event, kind, `event:${id}`, priority, created],
    ]),
    [
      `INSERT INTO notification_recipient (userId, notificationId, seq, acknowledgedAt, createdAt)
       VALUES (?, ?, 1, ?, '2026-10-01 10:00:01')`,
      [user, alert, created],
    ],
    [
      `INSERT INTO notification_recipient (userId, notificationId, seq, deletedAt, createdAt)
       VALUES (?, ?, 2, '2026-10-01 11:00:00', '2026-10-01 10:00:01')`,
      [user, digest],
    ],
    ["INSERT INTO user_inbox (userId, lastSeq, unread) VALUES (?, 2, 1)", [user]],
    [
      "INSERT INTO decision_log (eventId, ruleId, ruleVersion, outcome, reason, decidedAt) VALUES (?, ?, 1, 'alerted', 'matched', ?)",
      [event, rule, created],
    ],
    [
      `INSERT INTO audit_log (id, action, userId, actorType, resourceType, timestamp)
       VALUES (?, 'rule.create', ?, 'user', 'rule', ?)`,
      [newId(), user, created],
    ],
  ];
  for (const [sql, values] of statements) await target.query(sql, values);
}

/** Of the tables that {@link fill} fills. */
async function countRows(target: Pool): Promise<Record<string, number>> {
  const tables = [
    ...["role", "user", "user_role", "api_key", "rule", "rule_version", "event", "notification"],
    ...["notification_recipient", "user_inbox", "decision_log", "audit_log"],
  ];
  const counts = tables.map(async (table) => {
    const [row] = await target.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM \`${table}\``);
    return [table, row?.n ?? -1] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}
