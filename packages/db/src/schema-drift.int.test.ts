import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "./migrations/migrate.ts";
import { createPool, type Pool } from "./pool.ts";
import { readPrismaSchema } from "./testing/prisma-schema.ts";
import { readTables } from "./testing/read-tables.ts";

const schemaFile = join(import.meta.dirname, "../../../prisma/schema.prisma");

/** Keys of plain letters: codes of our own, hashes in text form. All CHAR(36) are ids and belong here too. */
const asciiColumns = [
  "api_key.prefix",
  "audit_log.action",
  "audit_log.resourceType",
  "data_version.name",
  "dead_letter.streamId",
  "decision_log.reason",
  "notification.audience",
  "notification.escalateTo",
  "notification.sourceKey",
  "orphan_object.objectKey",
  "sound.contentType",
  "sound.objectKey",
  "transfer_bucket.currency",
  "user.passwordHash",
];

/** Keys in anyone's language: neither case nor accents may be ignored. */
const exactColumns = [
  "api_key.source",
  "alert_group.groupKey",
  "audit_log.ip",
  "audit_log.requestId",
  "bucket_balance_entry.idempotencyKey",
  "dedup_marker.dedupKey",
  "dedup_marker.source",
  "event.correlationId",
  "event.dedupKey",
  "event.idempotencyKey",
  "event.source",
  "event.type",
  "refresh_token.ip",
  "role.name",
  "sound.name",
  "user.email",
  "user.phone",
];

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase({
    migrate: async (url) => {
      await migrate({ url });
    },
  });
  pool = createPool({ url: database.url, connectionLimit: 2 });
});

afterAll(async () => {
  await pool.close();
  await database.drop();
});

describe("the migrations and prisma/schema.prisma", () => {
  const wanted = readPrismaSchema(readFileSync(schemaFile, "utf8"));

  it("agree on every table, column, type, default, key and index", async () => {
    const byName = <Item extends { name: string }>(items: readonly Item[]) =>
      items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const comparable = wanted.map((table) => ({
      ...table,
      indexes: byName(table.indexes),
      foreignKeys: byName(table.foreignKeys),
    }));
    const actual = (await readTables(pool)).map(({ table }) => table);
    expect(byName(actual)).toEqual(byName(comparable));
  });

  it("give every text column the character set of what it holds", async () => {
    const actual = (await readTables(pool)).flatMap(({ table, collations }) =>
      [...collations].map(([column, collation]) => [`${table.name}.${column}`, collation] as const),
    );
    const isId = new Set(
      wanted.flatMap(({ name, columns }) =>
        columns.filter(({ type }) => type === "char(36)").map((column) => `${name}.${column.name}`),
      ),
    );
    const expected = actual.map(([column]) => {
      if (isId.has(column) || asciiColumns.includes(column)) return [column, "ascii_bin"];
      return [column, exactColumns.includes(column) ? "utf8mb4_bin" : "utf8mb4_unicode_ci"];
    });
    expect(actual).toEqual(expected);
    const known = new Set<string>(actual.map(([column]) => column));
    expect([...asciiColumns, ...exactColumns].filter((column) => !known.has(column))).toEqual([]);
  });

  it("keep the room of a time that is not known yet in the table whose rows are all written over once", async () => {
    const rows = await pool.query<{ format: string }[]>(
      "SELECT row_format AS format FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'event'",
    );
    expect(rows).toEqual([{ format: "Redundant" }]);
  });

  it("keep each foreign key's columns at the head of an index of ours, so that the server adds none", () => {
    const lacking = wanted.flatMap(({ name, foreignKeys, indexes, primaryKey }) => {
      const heads = [primaryKey, ...indexes.map(({ columns }) => columns)].map((columns) => columns[0]);
      return foreignKeys.flatMap(({ columns }) =>
        heads.includes(columns[0]) ? [] : [`${name}.${columns.join("_")}`],
      );
    });
    expect(lacking).toEqual([]);
  });
});
