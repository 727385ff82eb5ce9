import type { DeleteRuleInput } from "@tocsin/contracts/api/rules";
import { inTransaction } from "@tocsin/db/transaction";
import type { Context } from "../context.ts";
import { lockRule } from "./lock-rule.ts";
import { recordVersion } from "./record-version.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/**
 * Deletes a rule: no event is held against it any more. Its notifications and versions stay; rolling it back to one of
 * them brings it back.
 * @throws DomainError RULE_NOT_FOUND, also for one that is deleted already, RULE_CHANGED
 */
export async function deleteRule(ctx: Context, { id, expectedVersion }: DeleteRuleInput): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    const { rule: before } = await lockRule(tx, { id, expectedVersion });
    const row = await tx.rule.update({
      where: { id },
      data: { deletedAt: ctx.clock(), version: before.version + 1 },
      include: ruleWithRoles,
    });
    await recordVersion(tx, ctx, { before, after: toRule(row), origin: { kind: "deleted" } });
  });
}
