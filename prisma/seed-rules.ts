import { checkCondition, checkTemplates } from "@tocsin/core/rules/check-rule-text";
import { ruleWithRoles, toRule } from "@tocsin/core/rules/rule-view";
import { bumpVersion } from "@tocsin/core/directory/bump-version";
import type { Database, Prisma } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import type { demoRules } from "./demo-data.ts";
import { auditCreation } from "./seed-audit.ts";

/**
 * Creates a rule with its gate and first version. One that has or had this name is left as it is: a rule that someone
 * deleted does not come back. Returns whether it was created.
 *
 * @throws DomainError INVALID_CONDITION, INVALID_TEMPLATE
 */
export async function seedRule(
  db: Database,
  rule: (typeof demoRules)[number],
  authorEmail: string,
): Promise<boolean> {
  const { title, message, targetRoles, ...fields } = rule;
  checkCondition(rule.condition);
  checkTemplates({ "/title": title, "/message": message });
  return inTransaction(db, async (tx) => {
    if ((await tx.rule.count({ where: { name: rule.name } })) > 0) return false;
    const author = await tx.user.findUniqueOrThrow({ where: { email: authorEmail } });
    const roles = await tx.role.findMany({ where: { name: { in: [...targetRoles] } } });
    const created = toRule(
      await tx.rule.create({
        data: {
          ...fields,
          id: newId(),
          titleTemplate: title,
          messageTemplate: message,
          createdBy: author.id,
          targetRoles: { create: roles.map((role) => ({ roleId: role.id })) },
          gate: { create: {} },
        },
        include: ruleWithRoles,
      }),
    );
    const snapshot = created as Prisma.InputJsonObject;
    await tx.ruleVersion.create({
      data: {
        ruleId: created.id,
        version: created.version,
        kind: "created",
        snapshot,
        authorId: author.id,
      },
    });
    await bumpVersion(tx, "rules");
    await auditCreation(tx, "rule", created.id, snapshot);
    return true;
  });
}
