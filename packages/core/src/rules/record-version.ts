import type { Rule } from "@tocsin/contracts/api/rules";
import type { RuleVersionView } from "@tocsin/contracts/api/rule-versions";
import type { Prisma, Transaction } from "@tocsin/db/client";
import { type AuditAction, recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { bumpVersion } from "../directory/bump-version.ts";

/** How a version of a rule came to be. */
export interface VersionOrigin {
  kind: RuleVersionView["kind"];
  /** Where it was rolled back: to which version. */
  restoredVersion?: number;
}

const auditActions = {
  created: "rule.created",
  updated: "rule.updated",
  rolled_back: "rule.rolled_back",
  deleted: "rule.deleted",
} as const satisfies Record<VersionOrigin["kind"], AuditAction>;

/**
 * Writes down what a change made of a rule: its version, the audit log, and that the workers' copies are stale.
 * Pass the transaction of the change. The version's time is the database's, like that of events.
 */
export async function recordVersion(
  tx: Transaction,
  ctx: Context,
  { before, after, origin }: { before?: Rule; after: Rule; origin: VersionOrigin },
): Promise<void> {
  const { kind, restoredVersion } = origin;
  await tx.$executeRaw`
    INSERT INTO rule_version (ruleId, version, snapshot, authorId, createdAt, kind, restoredVersion)
    VALUES (${after.id}, ${after.version}, ${JSON.stringify(after)}, ${currentUserId(ctx)}, UTC_TIMESTAMP(3), ${kind},
            ${restoredVersion ?? null})`;
  await bumpVersion(tx, "rules");
  await recordAudit(tx, ctx, {
    action: auditActions[kind],
    resourceType: "rule",
    resourceId: after.id,
    ...(before && { before: before as Prisma.InputJsonObject }),
    ...(kind !== "deleted" && { after: after as Prisma.InputJsonObject }),
    ...(restoredVersion !== undefined && { metadata: { restoredVersion } }),
  });
}
