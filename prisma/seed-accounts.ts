import { hashPassword } from "@tocsin/core/auth/hash-password";
import { bumpVersion } from "@tocsin/core/directory/bump-version";
import type { Database } from "@tocsin/db/client";
import { isUniqueViolation } from "@tocsin/db/errors";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { auditCreation } from "./seed-audit.ts";

export interface SeedAccount {
  email: string;
  password: string;
  /** Names of roles that exist. */
  roles: readonly string[];
}

/**
 * Creates an active account. One with this address is left as it is, its password and roles too.
 * Returns whether it was created.
 */
export async function seedAccount(db: Database, account: SeedAccount): Promise<boolean> {
  const { email } = account;
  if ((await db.user.count({ where: { email } })) > 0) return false;
  const passwordHash = await hashPassword(account.password);
  try {
    await inTransaction(db, async (tx) => {
      const roles = await tx.role.findMany({ where: { name: { in: [...account.roles] } } });
      const id = newId();
      await tx.user.create({
        data: {
          id,
          email,
          passwordHash,
          status: "active",
          roles: { create: roles.map((role) => ({ roleId: role.id })) },
          inbox: { create: {} },
        },
      });
      await bumpVersion(tx, "directory");
      await auditCreation(tx, "user", id, { email, status: "active", roles: [...account.roles] });
    });
  } catch (error) {
    // Another seed was faster.
    if (isUniqueViolation(error)) return false;
    throw error;
  }
  return true;
}
