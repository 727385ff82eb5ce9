import type { CreateRuleInput, Rule } from "@tocsin/contracts/api/rules";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { type Context, currentUserId } from "../context.ts";
import { resolveSound } from "../sounds/resolve-sound.ts";
import { checkMatcherRoom } from "./check-matcher-room.ts";
import { checkRule } from "./check-rule.ts";
import { mayQuoteEvents } from "./may-quote-events.ts";
import { recordVersion } from "./record-version.ts";
import { resolveRuleRoles } from "./resolve-rule-roles.ts";
import { completeContent, roomOf, toColumns } from "./rule-content.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/**
 * Creates a rule, its first version and its gate. Workers hold events against it from their next batch on.
 * @throws DomainError INVALID_CONDITION, INVALID_TEMPLATE, RULE_TESTS_FAILED, UNKNOWN_ROLE, UNKNOWN_SOUND;
 * UNAUTHORIZED_ROLE where its alerts quote events that the author may not read
 */
export async function createRule(ctx: Context, input: CreateRuleInput): Promise<Rule> {
  const content = completeContent(input);
  await checkRule(ctx, content);
  mayQuoteEvents(ctx, content);
  return inTransaction(ctx.db, async (tx) => {
    const row = await tx.rule.create({
      data: {
        ...toColumns(content),
        id: newId(),
        soundId: await resolveSound(tx, content.sound),
        createdBy: currentUserId(ctx),
        ...(await resolveRuleRoles(tx, content)),
        gate: { create: {} },
      },
      include: ruleWithRoles,
    });
    const rule = toRule(row);
    await recordVersion(tx, ctx, { after: rule, origin: { kind: "created" } });
    await checkMatcherRoom(tx, "rules", { before: 0, after: roomOf(rule) });
    return rule;
  });
}
