import { DomainError } from "@tocsin/contracts/errors";
import { Prisma, type Transaction } from "@tocsin/db/client";

/**
 * How long the conditions of all active rules may be together, and those of all silences that have not ended. Each
 * worker holds them ready: some fifty bytes of memory for each character at the worst.
 */
export const maximumConditionCharacters = 4_000_000;

const totals = {
  rules: Prisma.sql`SELECT SUM(CHAR_LENGTH(\`condition\`)) AS total FROM rule WHERE active = 1 AND deletedAt IS NULL`,
  silences: Prisma.sql`
    SELECT SUM(CHAR_LENGTH(\`condition\`)) AS total FROM silence WHERE endsAt IS NULL OR endsAt > UTC_TIMESTAMP(3)`,
} as const;

/** The characters that a rule or silence takes of that, before a change and after it; 0 where no worker holds it. */
export interface TakenRoom {
  before: number;
  after: number;
}

/**
 * Refuses a condition that was just written where all of them together are too long; what takes no more than before is
 * let pass. Pass the transaction of the change, after its bumpVersion: that makes others who change the same wait, so
 * that each counts what the one before wrote.
 * @throws DomainError INVALID_CONDITION that tells how long they are and may be
 */
export async function checkMatcherRoom(
  tx: Transaction,
  kind: keyof typeof totals,
  { before, after }: TakenRoom,
  most = maximumConditionCharacters,
): Promise<void> {
  if (after <= before) return;
  const [row] = await tx.$queryRaw<{ total: unknown }[]>(totals[kind]);
  const total = Number(row?.total ?? 0);
  if (total <= most) return;
  const message =
    `With this condition those of all ${kind === "rules" ? "active rules" : "silences"} ` +
    `would have ${total} characters together, and may have ${most}`;
  throw new DomainError("INVALID_CONDITION", {
    detail: message,
    errors: [{ pointer: "/condition", message, code: "no_room" }],
  });
}
