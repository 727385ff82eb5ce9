import type { Rule } from "@tocsin/contracts/api/rules";
import type { Database } from "@tocsin/db/client";

/** A rule as it was at some time; deleted ones are not held against events. */
export interface PastRule {
  snapshot: Rule;
  isDeleted: boolean;
}

/** A rule's versions of the given numbers, by rule. */
export async function readVersions(
  db: Database,
  wanted: readonly { ruleId: string; ruleVersion: number }[],
): Promise<ReadonlyMap<string, PastRule>> {
  const rows = await db.ruleVersion.findMany({
    where: { OR: wanted.map(({ ruleId, ruleVersion }) => ({ ruleId, version: ruleVersion })) },
  });
  return new Map(rows.map((row) => [row.ruleId, toPastRule(row)]));
}

/** The version of a rule that was in force at a time; undefined: the rule was not there yet. */
export async function versionInForce(db: Database, ruleId: string, at: Date): Promise<PastRule | undefined> {
  const row = await db.ruleVersion.findFirst({
    where: { ruleId, createdAt: { lte: at } },
    orderBy: { version: "desc" },
  });
  return row ? toPastRule(row) : undefined;
}

function toPastRule({ snapshot, kind }: { snapshot: unknown; kind: string }): PastRule {
  return { snapshot: snapshot as Rule, isDeleted: kind === "deleted" };
}
