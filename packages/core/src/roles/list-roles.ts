import type { Page } from "@tocsin/contracts/api/common";
import type { ListRolesInput, Role } from "@tocsin/contracts/api/roles";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { toRole } from "./role-view.ts";

/** A page of roles, oldest first. */
export async function listRoles(ctx: Context, input: ListRolesInput): Promise<Page<Role>> {
  const after = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.role.findMany({
      where: after ? { id: { gt: after } } : {},
      orderBy: { id: "asc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    after ? undefined : ctx.db.role.count(),
  ]);
  return toPage(rows.map(toRole), input, total);
}
