import type { Page } from "@tocsin/contracts/api/common";
import type { ListRuleVersionsInput, RuleVersionView } from "@tocsin/contracts/api/rule-versions";
import type { Rule } from "@tocsin/contracts/api/rules";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { cursorNumber, offsetOf, toPageBy } from "../paging.ts";
import { changedFields, contentOf } from "./rule-content.ts";

/**
 * A page of a rule's versions, newest first, each with its author and what changed. Deleted rules keep theirs.
 * @throws DomainError RULE_NOT_FOUND
 */
export async function listRuleVersions(
  ctx: Context,
  input: ListRuleVersionsInput,
): Promise<Page<RuleVersionView>> {
  const before = cursorNumber(input.cursor);
  const [exists, rows, total] = await Promise.all([
    ctx.db.rule.count({ where: { id: input.id } }),
    ctx.db.ruleVersion.findMany({
      where: { ruleId: input.id, ...(before !== undefined && { version: { lt: before } }) },
      orderBy: { version: "desc" },
      skip: offsetOf(input),
      // One more tells whether there is a next page; it is also what the last one here is compared with.
      take: input.limit + 1,
    }),
    before === undefined ? ctx.db.ruleVersion.count({ where: { ruleId: input.id } }) : undefined,
  ]);
  if (exists === 0) throw new DomainError("RULE_NOT_FOUND");
  const emails = await readEmails(ctx, rows);
  const views = rows.map((row, index): RuleVersionView => {
    const snapshot = row.snapshot as unknown as Rule;
    return {
      ruleId: row.ruleId,
      version: row.version,
      kind: row.kind,
      restoredVersion: row.restoredVersion,
      author: { id: row.authorId, email: emails.get(row.authorId) ?? null },
      createdAt: row.createdAt.toISOString(),
      changes: changesBetween(rows[index + 1]?.snapshot as Rule | undefined, snapshot),
      snapshot,
    };
  });
  return toPageBy(views, input, total, ({ version }) => String(version));
}

async function readEmails(
  ctx: Context,
  rows: readonly { authorId: string }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.map(({ authorId }) => authorId))];
  const users = await ctx.db.user.findMany({ where: { id: { in: ids } }, select: { id: true, email: true } });
  return new Map(users.map(({ id, email }) => [id, email]));
}

function changesBetween(before: Rule | undefined, after: Rule): RuleVersionView["changes"] {
  if (!before) return [];
  const [one, other] = [contentOf(before), contentOf(after)];
  return changedFields(one, other).map((field) => ({ field, before: one[field], after: other[field] }));
}
