import type { Page } from "@tocsin/contracts/api/common";
import type { ListRulesInput, Rule } from "@tocsin/contracts/api/rules";
import type { Prisma } from "@tocsin/db/client";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/** A page of rules, oldest first. */
export async function listRules(ctx: Context, input: ListRulesInput): Promise<Page<Rule>> {
  const filter: Prisma.RuleWhereInput = {
    deletedAt: null,
    ...(input.active !== undefined && { active: input.active }),
    ...(input.mode && { mode: input.mode }),
    ...(input.role && { targetRoles: { some: { role: { name: input.role } } } }),
    ...(input.text && { name: { contains: input.text } }),
  };
  const after = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.rule.findMany({
      where: { ...filter, ...(after && { id: { gt: after } }) },
      include: ruleWithRoles,
      orderBy: { id: "asc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    after ? undefined : ctx.db.rule.count({ where: filter }),
  ]);
  return toPage(rows.map(toRule), input, total);
}
