import type { Pool } from "@tocsin/db/pool";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import type { Client } from "../../tests/support/client.ts";
import { conditionOf } from "../ingest/rule-set.ts";
import { assertEqual, countRows } from "./progress.ts";

/** Who is alerted by the rules of a benchmark: one person each. */
const targetRoles: readonly string[] = ["Operator", "Admin", "Auditor"];

/** How many are made at once. */
const atOnce = 5;

/** How long a busy machine may refuse a rule with 503. Milliseconds. */
const patience = 60_000;

/** Makes so many rules. @throws Error where one is refused or made twice */
export async function giveRules(pool: Pool, admin: Client, count: number): Promise<void> {
  let next = 0;
  const create = async () => {
    while (next < count) {
      const number = next;
      next += 1;
      await eventually(() => giveRule(admin, number), { timeoutMs: patience, everyMs: 500 });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, create));
  assertEqual("Rules", await countRows(pool, "rule", "TRUE"), count);
}

async function giveRule(admin: Client, number: number): Promise<void> {
  const { status, body } = await admin.post("/api/v1/rules", {
    name: `Rule ${number}`,
    condition: conditionOf(number),
    targetRoles,
    stormLimit: 100_000,
  });
  if (status !== 201) throw new Error(`A rule was refused: ${JSON.stringify(body)}`);
}
