import { escapeLike } from "@tocsin/db/sql";
import type { Page } from "@tocsin/contracts/api/common";
import type { ListUsersInput, User } from "@tocsin/contracts/api/users";
import { toUser, userWithRoles } from "../auth/load-account.ts";
import type { Prisma } from "@tocsin/db/client";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";

/** A page of users, oldest first. */
export async function listUsers(ctx: Context, input: ListUsersInput): Promise<Page<User>> {
  const filter: Prisma.UserWhereInput = {
    ...(input.status && { status: input.status }),
    ...(input.role !== undefined && { roles: { some: { role: { name: input.role } } } }),
    // Prisma does not escape what LIKE takes for a pattern.
    ...(input.text !== undefined && {
      email: { startsWith: escapeLike(input.text) },
    }),
  };
  const after = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.user.findMany({
      where: { ...filter, ...(after && { id: { gt: after } }) },
      include: userWithRoles,
      orderBy: { id: "asc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    after ? undefined : ctx.db.user.count({ where: filter }),
  ]);
  return toPage(rows.map(toUser), input, total);
}
