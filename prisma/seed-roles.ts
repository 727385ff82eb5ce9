import { isDeepStrictEqual } from "node:util";
import type { Database } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { bumpVersion } from "@tocsin/core/directory/bump-version";
import { auditCreation } from "./seed-audit.ts";

export interface SeedRole {
  name: string;
  description: string;
  permissions: readonly string[];
  /** System roles are what this version of the program says they are; others are left as they were found. */
  system: boolean;
}

/** Creates the role, or brings a system role up to date. Returns whether anything changed. */
export async function seedRole(db: Database, role: SeedRole): Promise<boolean> {
  const wanted = { ...role, permissions: [...role.permissions] };
  return inTransaction(db, async (tx) => {
    const existing = await tx.role.findUnique({ where: { name: role.name } });
    if (existing === null) {
      const id = newId();
      await tx.role.create({ data: { id, ...wanted } });
      await auditCreation(tx, "role", id, wanted);
    } else {
      const { name, description, permissions, system } = existing;
      if (!role.system || isDeepStrictEqual({ name, description, permissions, system }, wanted)) return false;
      await tx.role.update({ where: { id: existing.id }, data: wanted });
    }
    await bumpVersion(tx, "directory");
    return true;
  });
}
