import { DomainError } from "@tocsin/contracts/errors";
import type { Database } from "@tocsin/db/client";

export interface NamedRole {
  id: string;
  name: string;
  permissions: readonly string[];
}

/**
 * The roles of these names, in the order given.
 * @throws DomainError UNKNOWN_ROLE with a pointer to each name that no role has
 */
export async function resolveRoles(
  db: Pick<Database, "role">,
  names: readonly string[],
  pointer: string,
): Promise<NamedRole[]> {
  const rows = await db.role.findMany({
    where: { name: { in: [...names] } },
    select: { id: true, name: true, permissions: true },
  });
  const byName = new Map(rows.map((row) => [row.name, { ...row, permissions: row.permissions as string[] }]));
  const errors = names.flatMap((name, index) =>
    byName.has(name) ? [] : [{ pointer: `${pointer}/${index}`, message: `There is no role named "${name}"` }],
  );
  if (errors.length > 0) throw new DomainError("UNKNOWN_ROLE", { detail: errors[0]?.message ?? "", errors });
  return names.flatMap((name) => byName.get(name) ?? []);
}
