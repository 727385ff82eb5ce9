import type { Prisma, Transaction } from "@tocsin/db/client";

/**
 * Takes back the leave to set a new password. It was given for an account as it was: it ends with every change of the
 * account's password, status or roles, and of what those roles allow.
 */
export async function endResetTokens(tx: Transaction, user: Prisma.UserWhereInput): Promise<void> {
  await tx.passwordReset.deleteMany({ where: { user } });
}
