import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** How many active users hold each of these roles. */
export async function countPeople(
  db: Queryable,
  roles: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (roles.length === 0) return new Map();
  const rows = await db.query<{ name: string; people: number }[]>(
    `SELECT role.name, COUNT(*) AS people
       FROM role
       JOIN user_role ON user_role.roleId = role.id
       JOIN user ON user.id = user_role.userId AND user.status = 'active'
      WHERE role.name IN (${placeholders(roles)})
      GROUP BY role.id, role.name`,
    [...roles],
  );
  return new Map(rows.map(({ name, people }) => [name, people]));
}
