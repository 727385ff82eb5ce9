import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "./ids.ts";
import { migrate } from "./migrations/migrate.ts";
import { createPool, type Pool } from "./pool.ts";
import { escapeLike } from "./sql.ts";

let database: TestDatabase;
let pool: Pool;
const author = newId();

beforeAll(async () => {
  database = await createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
  pool = createPool({ url: database.url, connectionLimit: 2 });
  await pool.query(
    "INSERT INTO user (id, email, passwordHash, updatedAt) VALUES (?, 'ada@example.com', '', UTC_TIMESTAMP(3))",
    [author],
  );
  await pool.query("INSERT INTO role (id, name, permissions, description) VALUES (?, 'Zürich', '[]', '')", [
    newId(),
  ]);
  await pool.query(
    `INSERT INTO event (id, type, source, payload, bodyHash, receivedAt)
     VALUES (?, 'Zürich', 'Zürich', '{}', ?, UTC_TIMESTAMP(3))`,
    [newId(), Buffer.alloc(32)],
  );
});

afterAll(async () => {
  await pool.close();
  await database.drop();
});

/** The columns that hold keys in text, with how their value is found. */
const keys = [
  { column: "role.name", sql: "SELECT name FROM role WHERE name = ?", value: "Zürich" },
  { column: "event.type", sql: "SELECT type FROM event WHERE type = ?", value: "Zürich" },
  { column: "user.email", sql: "SELECT email FROM user WHERE email = ?", value: "ada@example.com" },
];

describe.each(keys)("a key in $column", ({ sql, value }) => {
  const isFound = async (text: string) => (await pool.query<unknown[]>(sql, [text])).length === 1;

  it("is found by its very characters, and by trailing spaces more", async () => {
    expect(await isFound(value)).toBe(true);
    expect(await isFound(`${value} `)).toBe(true);
  });

  it.each([
    ["in capitals", (text: string) => text.toUpperCase()],
    ["without its accents", (text: string) => text.normalize("NFD").replaceAll(/\p{M}|^a/gu, "")],
    ["with its accents as characters of their own", (text: string) => `${text.normalize("NFD")}\u0301`],
    ["with a space before", (text: string) => ` ${text}`],
    ["with a tab behind", (text: string) => `${text}\t`],
  ])("is another one %s", async (_, change) => {
    expect(await isFound(change(value))).toBe(false);
  });
});

describe("a unique key in text", () => {
  it("is taken for one that differs in trailing spaces, and for no other", async () => {
    const insert = async (name: string) =>
      pool.query("INSERT INTO role (id, name, permissions, description) VALUES (?, ?, '[]', '')", [
        newId(),
        name,
      ]);
    await insert("zürich");
    await insert("Zurich");
    await expect(insert("Zürich ")).rejects.toMatchObject({ errno: 1062 });
  });
});

describe("a key as a hash", () => {
  it("is exact to the last bit", async () => {
    const [one, other] = [Buffer.alloc(32, 0x20), Buffer.alloc(32, 0x20)];
    other[31] = 0;
    await pool.query(
      "INSERT INTO event (id, type, source, payload, bodyHash, receivedAt, idempotencyHash) VALUES (?, 'x', 'x', '{}', ?, UTC_TIMESTAMP(3), ?)",
      [newId(), one, one],
    );
    const found = async (hash: Buffer) =>
      (await pool.query<unknown[]>("SELECT id FROM event WHERE idempotencyHash = ?", [hash])).length;
    expect([await found(one), await found(other)]).toEqual([1, 0]);
  });
});

describe("text that people search", () => {
  const names = ["zebra", "Äpfel", "apfel", "Zürich", "10 %", "a_b", "ß", "🚨", "O'Neill \\"];

  beforeAll(async () => {
    await pool.insertMany(
      `INSERT INTO rule (id, name, description, \`condition\`, titleTemplate, messageTemplate, priority, createdBy, updatedAt)
       VALUES (?, ?, '', 'true', 't', 'm', 3, ?, UTC_TIMESTAMP(3))`,
      names.map((name) => [newId(), name, author]),
    );
  });

  const search = async (text: string) =>
    pool.query<{ name: string }[]>(
      "SELECT name FROM rule WHERE name LIKE CONCAT('%', ?, '%') ORDER BY name, id",
      [escapeLike(text)],
    );

  it.each([
    ["zurich", ["Zürich"]],
    ["ZÜRICH", ["Zürich"]],
    ["apfel", ["Äpfel", "apfel"]],
    ["%", ["10 %"]],
    ["_", ["a_b"]],
    ["\\", ["O'Neill \\"]],
    ["'", ["O'Neill \\"]],
    ["nothing", []],
  ])("is found by %s, whatever its case and accents", async (text, found) => {
    expect((await search(text)).map(({ name }) => name)).toEqual(found);
  });

  it("is in one order", async () => {
    const rows = await pool.query<{ name: string }[]>("SELECT name FROM rule ORDER BY name, id");
    expect(rows.map(({ name }) => name)).toEqual([
      ...["10 %", "a_b", "Äpfel", "apfel", "O'Neill \\", "ß", "zebra", "Zürich", "🚨"],
    ]);
  });
});

describe("text of different collations", () => {
  it("is compared without complaint: ids, keys, parameters and what functions give", async () => {
    const rows = await pool.query<{ fits: number }[]>(
      `SELECT user.id = ? AND user.email = CONCAT('ada', '@example.com') AND user.id <> user.email AND role.name <> user.email AND LEFT(user.id, 1) = LEFT(?, 1) AS fits
         FROM user JOIN role ON role.name = 'Zürich' WHERE user.id = ?`,
      [author, author, author],
    );
    expect(rows).toEqual([{ fits: 1 }]);
  });
});
