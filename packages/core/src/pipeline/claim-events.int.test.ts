import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServices } from "../testing/test-services.ts";
import { claimEvents } from "./lock-gates.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let pool: Pool;

beforeAll(async () => {
  test = await createTestServices();
  ({ pool } = test.services);
});

afterAll(() => test.close());

/** Events of a state, in the order of their ids. */
async function givenEvents(count: number, status: string): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId()).toSorted();
  await pool.insertMany(
    `INSERT INTO event (id, type, source, payload, status, bodyHash, receivedAt)
     VALUES (?, 'x', 's', '{}', ?, ?, UTC_TIMESTAMP(3))`,
    ids.map((id) => [id, status, Buffer.alloc(32)]),
  );
  return ids;
}

describe("claiming a batch of events", () => {
  it("does not wait for who has claimed others, though the batch is nearly all that waits", async () => {
    await givenEvents(3000, "processed");
    const ids = await givenEvents(210, "received");
    await pool.query("ANALYZE TABLE event");
    const [mine, others] = [ids.slice(0, 10), ids.slice(10)];
    await pool.transaction("READ COMMITTED", async (first) => {
      await claimEvents(first, mine);
      await pool.transaction("READ COMMITTED", async (second) => {
        await second.query("SET SESSION innodb_lock_wait_timeout = 1");
        try {
          await claimEvents(second, others);
        } finally {
          await second.query("SET SESSION innodb_lock_wait_timeout = 10");
        }
      });
    });
    const [row] = await pool.query<{ left: number }[]>(
      "SELECT COUNT(*) AS `left` FROM event WHERE status = 'received'",
    );
    expect(row?.left).toBe(0);
  });
});
