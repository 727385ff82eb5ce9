import { escapeLike } from "@tocsin/db/sql";
import type { Page } from "@tocsin/contracts/api/common";
import type { ListRulesInput, Rule } from "@tocsin/contracts/api/rules";
import type { Prisma } from "@tocsin/db/client";
import type { Context } from "../context.ts";
import { offsetOf, toPageBy } from "../paging.ts";
import { behindCursor, cursorAfter, orderBy } from "./rule-order.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/**
 * A page of the rules that pass every filter.
 * @throws DomainError VALIDATION_FAILED where the cursor belongs to another order
 */
export async function listRules(ctx: Context, input: ListRulesInput): Promise<Page<Rule>> {
  const filter = filterOf(input);
  const { cursor, sort } = input;
  const [rows, total] = await Promise.all([
    ctx.db.rule.findMany({
      where: cursor === undefined ? filter : { AND: [filter, behindCursor(sort, cursor)] },
      include: ruleWithRoles,
      orderBy: orderBy(sort),
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    cursor === undefined ? ctx.db.rule.count({ where: filter }) : undefined,
  ]);
  return toPageBy(rows.map(toRule), input, total, (rule) => cursorAfter(sort, rule));
}

function filterOf({ active, mode, role, text }: ListRulesInput): Prisma.RuleWhereInput {
  // Prisma does not escape what LIKE takes for a pattern.
  const contains = text && escapeLike(text);
  return {
    deletedAt: null,
    ...(active !== undefined && { active }),
    ...(mode && { mode }),
    ...(role !== undefined && { targetRoles: { some: { role: { name: role } } } }),
    ...(contains && { OR: [{ name: { contains } }, { description: { contains } }] }),
  };
}
