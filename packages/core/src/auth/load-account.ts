import type { GrantedPermission } from "@tocsin/contracts/permissions";
import type { CurrentUser, User } from "@tocsin/contracts/api/users";
import type { Database, Prisma } from "@tocsin/db/client";

/** What of a user is read to show it: the row and the names of its roles. */
export const userWithRoles = {
  roles: { select: { role: { select: { name: true, permissions: true } } } },
} as const satisfies Prisma.UserInclude;

export type UserWithRoles = Prisma.UserGetPayload<{ include: typeof userWithRoles }>;

/** A user as the API shows it. */
export function toUser(row: UserWithRoles): User {
  return {
    id: row.id,
    email: row.email,
    phone: row.phone,
    status: row.status,
    roles: row.roles.map(({ role }) => role.name).toSorted(),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What the user's roles allow, together. */
export function permissionsOf(row: UserWithRoles): GrantedPermission[] {
  return [...new Set(row.roles.flatMap(({ role }) => role.permissions as GrantedPermission[]))].toSorted();
}

/** A user as it sees itself. */
export function toCurrentUser(row: UserWithRoles): CurrentUser {
  return { ...toUser(row), permissions: permissionsOf(row) };
}

/** The user with its roles, or null. */
export async function loadAccount(db: Pick<Database, "user">, id: string): Promise<UserWithRoles | null> {
  return db.user.findUnique({ where: { id }, include: userWithRoles });
}
