import type { CreateRuleInput, Rule } from "@tocsin/contracts/api/rules";
import { Prisma } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { bumpVersion } from "../directory/bump-version.ts";
import { resolveRoles } from "../roles/resolve-roles.ts";
import { checkCondition, checkTemplates } from "./check-rule-text.ts";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/** What an alert says where its rule has no words of its own. */
const defaultMessage = "{{ event.type }} from {{ event.source }}";

/**
 * Creates a rule, its first version and its gate. Workers hold events against it from their next batch on.
 * @throws DomainError INVALID_CONDITION, INVALID_TEMPLATE, UNKNOWN_ROLE
 */
export async function createRule(ctx: Context, input: CreateRuleInput): Promise<Rule> {
  const title = input.title ?? input.name;
  const message = input.message ?? defaultMessage;
  checkCondition(input.condition);
  checkTemplates({
    "/title": title,
    "/message": message,
    "/dedupKeyTemplate": input.dedupKeyTemplate,
    "/action/label": input.action?.label ?? null,
    "/action/url": input.action?.url ?? null,
  });
  return inTransaction(ctx.db, async (tx) => {
    const roles = await resolveRoles(tx, input.targetRoles, "/targetRoles");
    const { targetRoles: _names, title: _title, message: _message, action, ...fields } = input;
    const row = await tx.rule.create({
      data: {
        ...fields,
        id: newId(),
        titleTemplate: title,
        messageTemplate: message,
        action: action ?? Prisma.DbNull,
        createdBy: currentUserId(ctx),
        targetRoles: { create: roles.map((role) => ({ roleId: role.id })) },
        gate: { create: {} },
      },
      include: ruleWithRoles,
    });
    const rule = toRule(row);
    await tx.ruleVersion.create({
      data: { ruleId: rule.id, version: rule.version, snapshot: rule, authorId: rule.createdBy },
    });
    await bumpVersion(tx, "rules");
    await recordAudit(tx, ctx, {
      action: "rule.created",
      resourceType: "rule",
      resourceId: rule.id,
      after: rule,
    });
    return rule;
  });
}
