import type { Rule } from "@tocsin/contracts/api/rules";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/**
 * One rule.
 * @throws DomainError RULE_NOT_FOUND, also for a deleted one
 */
export async function getRule(ctx: Context, { id }: { id: string }): Promise<Rule> {
  const row = await ctx.db.rule.findFirst({ where: { id, deletedAt: null }, include: ruleWithRoles });
  if (!row) throw new DomainError("RULE_NOT_FOUND");
  return toRule(row);
}
