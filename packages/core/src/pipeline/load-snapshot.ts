import { parseJson, type Queryable } from "@tocsin/db/pool";
import type { RoleHolder } from "./directory.ts";
import type { StoredRule } from "./rule-book.ts";
import type { StoredSilence } from "./silence-book.ts";

/** Every role of every active user. */
export async function loadRoleHolders(pool: Queryable): Promise<RoleHolder[]> {
  const rows = await pool.query<{ userId: string; roleId: string; permissions: unknown }[]>(
    `SELECT user_role.userId, user_role.roleId, role.permissions
       FROM user_role
       JOIN user ON user.id = user_role.userId AND user.status = 'active'
       JOIN role ON role.id = user_role.roleId`,
  );
  return rows.map(({ userId, roleId, permissions }) => ({
    userId,
    roleId,
    isAdmin: parseJson<string[]>(permissions).includes("*"),
  }));
}

/** Every rule that events are held against. */
export async function loadStoredRules(pool: Queryable): Promise<StoredRule[]> {
  return loadRules(pool, "deletedAt IS NULL AND active = 1", []);
}

/** One rule, also where it is inactive or deleted by now. */
export async function loadStoredRule(pool: Queryable, id: string): Promise<StoredRule | undefined> {
  const [rule] = await loadRules(pool, "id = ?", [id]);
  return rule;
}

type RuleRow = Omit<StoredRule, "targetRoleIds" | "escalationRoleIds" | "action"> & { action: unknown };

async function loadRules(pool: Queryable, where: string, values: readonly unknown[]): Promise<StoredRule[]> {
  const [rules, targets, escalations] = await Promise.all([
    pool.query<RuleRow[]>(
      `SELECT id, name, version, \`condition\`, titleTemplate, messageTemplate, action, sound, priority, mode,
              dedupKeyTemplate, dedupWindowSeconds, stormLimit, stormWindowSeconds, stormMode, ackPolicy,
              ackTimeoutSeconds
         FROM rule
        WHERE ${where}
        ORDER BY id`,
      values,
    ),
    loadRoleIds(pool, "rule_target_role", where, values),
    loadRoleIds(pool, "rule_escalation_role", where, values),
  ]);
  return rules.map((rule) => ({
    ...rule,
    action: parseJson<StoredRule["action"]>(rule.action),
    targetRoleIds: targets.get(rule.id) ?? [],
    escalationRoleIds: escalations.get(rule.id) ?? [],
  }));
}

async function loadRoleIds(
  pool: Queryable,
  table: "rule_target_role" | "rule_escalation_role",
  where: string,
  values: readonly unknown[],
): Promise<Map<string, string[]>> {
  const rows = await pool.query<{ ruleId: string; roleId: string }[]>(
    `SELECT ruleId, roleId FROM ${table} WHERE ruleId IN (SELECT id FROM rule WHERE ${where})`,
    values,
  );
  const rowsByRule = Map.groupBy(rows, ({ ruleId }) => ruleId);
  return new Map(Array.from(rowsByRule, ([ruleId, own]) => [ruleId, own.map(({ roleId }) => roleId)]));
}

/** Events may wait for a day at the most before a silence that has ended is forgotten for them. Hours. */
const endedSilenceHours = 24;

/** Every silence that may hold for an event that is still to be processed. */
export async function loadStoredSilences(pool: Queryable): Promise<StoredSilence[]> {
  const rows = await pool.query<(Omit<StoredSilence, "weekly"> & { weekly: unknown })[]>(
    `SELECT id, \`condition\`, startsAt, endsAt, weekly FROM silence WHERE endsAt IS NULL
      UNION ALL
     SELECT id, \`condition\`, startsAt, endsAt, weekly FROM silence
      WHERE endsAt > UTC_TIMESTAMP(3) - INTERVAL ? HOUR
      ORDER BY id`,
    [endedSilenceHours],
  );
  return rows.map((row) => ({ ...row, weekly: parseJson<StoredSilence["weekly"]>(row.weekly) }));
}
