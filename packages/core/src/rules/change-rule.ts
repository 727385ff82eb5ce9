import type { Rule, RuleContent } from "@tocsin/contracts/api/rules";
import type { Transaction } from "@tocsin/db/client";
import type { Context } from "../context.ts";
import { resolveKeptSound, resolveSound } from "../sounds/resolve-sound.ts";
import { checkMatcherRoom } from "./check-matcher-room.ts";
import { checkRule } from "./check-rule.ts";
import { recordVersion, type VersionOrigin } from "./record-version.ts";
import { resolveRuleRoles } from "./resolve-rule-roles.ts";
import { changedFields, contentOf, toColumns } from "./rule-content.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/** Changes that cannot make a rule wrong: switching it off must work also where its tests fail by now. */
const harmlessFields: ReadonlySet<keyof RuleContent> = new Set(["active", "name", "description"]);

/**
 * Gives a locked rule its new content, as its next version. A content that it has already changes nothing.
 * @throws DomainError INVALID_CONDITION, INVALID_TEMPLATE, RULE_TESTS_FAILED, UNKNOWN_ROLE, UNKNOWN_SOUND
 */
export async function changeRule(
  tx: Transaction,
  ctx: Context,
  before: Rule,
  {
    content,
    origin,
    isRestored = false,
  }: { content: RuleContent; origin: VersionOrigin; isRestored?: boolean },
): Promise<Rule> {
  const changed = changedFields(contentOf(before), content);
  if (changed.length === 0 && !isRestored) return before;
  if (content.active || changed.some((field) => !harmlessFields.has(field))) await checkRule(ctx, content);
  const { targetRoles, escalateToRoles } = await resolveRuleRoles(tx, content);
  const isSoundNew = isRestored || changed.includes("sound");
  const soundId = await (isSoundNew ? resolveSound : resolveKeptSound)(tx, content.sound);
  const row = await tx.rule.update({
    where: { id: before.id },
    data: {
      ...toColumns(content),
      soundId,
      version: before.version + 1,
      deletedAt: null,
      targetRoles: { deleteMany: {}, ...targetRoles },
      escalateToRoles: { deleteMany: {}, ...escalateToRoles },
    },
    include: ruleWithRoles,
  });
  const after = toRule(row);
  await recordVersion(tx, ctx, { before, after, origin });
  const needsRoom = isRestored || changed.includes("condition") || changed.includes("active");
  if (after.active && needsRoom) await checkMatcherRoom(tx, "rules");
  return after;
}
