import type { RuleTest } from "@tocsin/contracts/api/rule-tests";
import type { Rule, RuleAction } from "@tocsin/contracts/api/rules";
import type { Prisma } from "@tocsin/db/client";

/** What of a rule is read to show it: the row and the names of its target roles. */
export const ruleWithRoles = {
  targetRoles: { select: { role: { select: { name: true } } } },
  escalateToRoles: { select: { role: { select: { name: true } } } },
} as const satisfies Prisma.RuleInclude;

export type RuleWithRoles = Prisma.RuleGetPayload<{ include: typeof ruleWithRoles }>;

/** A rule as the API shows it. */
export function toRule(row: RuleWithRoles): Rule {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    condition: row.condition,
    targetRoles: row.targetRoles.map(({ role }) => role.name).toSorted(),
    escalateToRoles: row.escalateToRoles.map(({ role }) => role.name).toSorted(),
    title: row.titleTemplate,
    message: row.messageTemplate,
    action: row.action as RuleAction | null,
    sound: row.sound,
    priority: row.priority,
    active: row.active,
    mode: row.mode,
    dedupKeyTemplate: row.dedupKeyTemplate,
    dedupWindowSeconds: row.dedupWindowSeconds,
    stormLimit: row.stormLimit,
    stormWindowSeconds: row.stormWindowSeconds,
    stormMode: row.stormMode,
    ackPolicy: row.ackPolicy,
    ackTimeoutSeconds: row.ackTimeoutSeconds,
    tests: (row.tests as RuleTest[] | null) ?? [],
    version: row.version,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
