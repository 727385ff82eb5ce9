import type { Rule, RuleContent } from "@tocsin/contracts/api/rules";
import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { inTransaction } from "@tocsin/db/transaction";
import type { Context } from "../context.ts";
import { resolveKeptSound, resolveSound } from "../sounds/resolve-sound.ts";
import { checkMatcherRoom } from "./check-matcher-room.ts";
import { checkRule } from "./check-rule.ts";
import { type FoundRule, lockRule, type LockOptions, readRule } from "./lock-rule.ts";
import { mayQuoteEvents } from "./may-quote-events.ts";
import { recordVersion, type VersionOrigin } from "./record-version.ts";
import { resolveRuleRoles } from "./resolve-rule-roles.ts";
import { changedFields, contentOf, roomOf, toColumns } from "./rule-content.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/** Changes that cannot make a rule wrong: switching it off must work also where its tests fail by now. */
const harmlessFields: ReadonlySet<keyof RuleContent> = new Set(["active", "name", "description"]);

/** How often a change is checked anew because another one came before it. */
const maximumAttempts = 20;

/** What becomes of a rule. */
export interface RuleChange {
  content: RuleContent;
  origin: VersionOrigin;
}

/**
 * Gives a rule new content, as its next version. A content that it has already changes nothing. It is checked before the
 * rule is locked: a rule's tests may wait for a thread, and nothing else is to wait for them. Where the rule was changed
 * meanwhile, the change is worked out and checked anew.
 * @param plan what becomes of the rule as it is
 * @throws DomainError RULE_NOT_FOUND, RULE_CHANGED, also where it never came to rest; INVALID_CONDITION, INVALID_TEMPLATE,
 * RULE_TESTS_FAILED, UNKNOWN_ROLE, UNKNOWN_SOUND; UNAUTHORIZED_ROLE where its alerts quote events that the author may not
 * read; what `plan` throws
 */
export async function changeRule(
  ctx: Context,
  asked: LockOptions,
  plan: (rule: Rule) => RuleChange | Promise<RuleChange>,
): Promise<Rule> {
  for (let attempt = 1; attempt <= maximumAttempts; attempt += 1) {
    const seen = await readRule(ctx.db, asked);
    const change = await plan(seen.rule);
    if (needsCheck(seen, change.content)) await checkRule(ctx, change.content);
    if (changesWhatItDoes(seen, change.content)) mayQuoteEvents(ctx, change.content);
    const changed = await inTransaction(ctx.db, async (tx) => {
      const locked = await lockRule(tx, asked);
      return locked.rule.version === seen.rule.version ? write(tx, ctx, locked, change) : undefined;
    });
    if (changed) return changed;
  }
  throw new DomainError("RULE_CHANGED", { detail: "The rule is being changed by others; try again" });
}

function needsCheck({ rule, isDeleted }: FoundRule, content: RuleContent): boolean {
  const changed = changedFields(contentOf(rule), content);
  if (changed.length === 0 && !isDeleted) return false;
  return content.active || changesWhatItDoes({ rule }, content);
}

/** Whether other events, people or texts come of the rule than before. */
function changesWhatItDoes({ rule }: Pick<FoundRule, "rule">, content: RuleContent): boolean {
  return changedFields(contentOf(rule), content).some((field) => !harmlessFields.has(field));
}

async function write(
  tx: Transaction,
  ctx: Context,
  { rule: before, isDeleted }: FoundRule,
  { content, origin }: RuleChange,
): Promise<Rule> {
  const changed = changedFields(contentOf(before), content);
  if (changed.length === 0 && !isDeleted) return before;
  const { targetRoles, escalateToRoles } = await resolveRuleRoles(tx, content);
  const isSoundNew = isDeleted || changed.includes("sound");
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
  await checkMatcherRoom(tx, "rules", { before: isDeleted ? 0 : roomOf(before), after: roomOf(after) });
  return after;
}
