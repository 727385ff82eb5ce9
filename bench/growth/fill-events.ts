import type { Pool } from "@tocsin/db/pool";
import { numbersBetween } from "../system/numbers.ts";

const rowsOfStatement = 100_000;

/** How old the first of the stored events is; the others follow it by a millisecond each. Milliseconds. */
const ageOfFirst = 86_400_000;

/**
 * Fills the table with processed events of the past until it holds `wanted`, made by the database server
 * itself. Their ids grow with their time, as real ones do.
 */
export async function fillEvents(pool: Pool, wanted: number): Promise<void> {
  const [row] = await pool.query<{ count: number }[]>("SELECT COUNT(*) AS count FROM event");
  const there = row?.count ?? 0;
  const base = Date.now() - ageOfFirst;
  for (let done = there; done < wanted; done += rowsOfStatement) {
    const until = Math.min(wanted, done + rowsOfStatement);
    await pool.query(
      `INSERT INTO event (id, type, source, payload, action, status, bodyHash, receivedAt, processedAt)
       SELECT LOWER(CONCAT(LPAD(HEX((? + seq) DIV 65536), 8, '0'), '-', LPAD(HEX((? + seq) MOD 65536), 4, '0'),
                           '-7000-8000-', LPAD(HEX(seq), 12, '0'))),
              'transfer.completed', 'core-banking',
              CONCAT('{"amount":25000,"currency":"EUR","reference":"transfer-', seq,
                     '","debtor":{"name":"Ada Lovelace","iban":"DE02120300000000202051"},"creditor":{"name":"Charles Babbage","iban":"GB33BUKB20201555555555"},"reason":"insufficient funds"}'),
              'trigger', 'processed', UNHEX(SHA2(seq, 256)),
              TIMESTAMPADD(MICROSECOND, seq * 1000, ?), TIMESTAMPADD(MICROSECOND, seq * 1000, ?)
         FROM ${numbersBetween(done + 1, until)} ORDER BY seq`,
      [base, base, new Date(base), new Date(base)],
    );
    console.log(`  ${until.toLocaleString("en")} events stored`);
  }
}
