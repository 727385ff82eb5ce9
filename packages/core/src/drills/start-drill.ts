import type { StartedDrill } from "@tocsin/contracts/api/delivery-reports";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { buildDirectory } from "../pipeline/directory.ts";
import { loadRoleHolders, loadStoredRule } from "../pipeline/load-snapshot.ts";
import { writeDrill } from "./write-drill.ts";

/**
 * Sends a drill to everyone whom a rule would alert, with the rule's sound and priority. Its report tells whom it
 * reached.
 * @throws DomainError RULE_NOT_FOUND, NO_RECIPIENTS where nobody holds a role of the rule
 */
export async function startDrill(ctx: Context, { id: ruleId }: { id: string }): Promise<StartedDrill> {
  const rule = await ctx.db.rule.findFirst({ where: { id: ruleId, deletedAt: null }, select: { id: true } });
  const stored = rule && (await loadStoredRule(ctx.pool, ruleId));
  if (!stored) throw new DomainError("RULE_NOT_FOUND");
  const directory = buildDirectory(await loadRoleHolders(ctx.pool));
  const recipients = directory.holdersOf(stored.targetRoleIds);
  if (recipients.length === 0) throw new DomainError("NO_RECIPIENTS");
  const id = await writeDrill(ctx, {
    ...{ ruleId, ruleVersion: stored.version, title: `Drill: ${stored.name}` },
    ...{ recipients, audience: stored.targetRoleIds },
    message: "This is a drill: nothing has happened. Acknowledge it as you would acknowledge an alert.",
    ...{ sound: stored.sound, priority: stored.priority },
  });
  return { id, recipientCount: recipients.length };
}
