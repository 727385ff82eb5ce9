import type { Page } from "@tocsin/contracts/api/common";
import type { ListUsersInput, User } from "@tocsin/contracts/api/users";
import { toUser, userWithRoles } from "../auth/load-account.ts";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";

/** A page of users, oldest first. */
export async function listUsers(ctx: Context, input: ListUsersInput): Promise<Page<User>> {
  const filter = input.status ? { status: input.status } : {};
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
