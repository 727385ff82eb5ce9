import { parseJson, type Pool } from "@tocsin/db/pool";
import type { RoleHolder } from "./directory.ts";
import type { StoredRule } from "./rule-book.ts";

/** Every role of every active user. */
export async function loadRoleHolders(pool: Pool): Promise<RoleHolder[]> {
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
export async function loadStoredRules(pool: Pool): Promise<StoredRule[]> {
  const [rules, targets] = await Promise.all([
    pool.query<(Omit<StoredRule, "targetRoleIds" | "action"> & { action: unknown })[]>(
      `SELECT id, version, \`condition\`, titleTemplate, messageTemplate, action, sound, priority, mode,
              dedupKeyTemplate, dedupWindowSeconds
         FROM rule
        WHERE deletedAt IS NULL AND active = 1
        ORDER BY id`,
    ),
    pool.query<{ ruleId: string; roleId: string }[]>("SELECT ruleId, roleId FROM rule_target_role"),
  ]);
  const targetsByRule = Map.groupBy(targets, ({ ruleId }) => ruleId);
  return rules.map((rule) => ({
    ...rule,
    action: parseJson<StoredRule["action"]>(rule.action),
    targetRoleIds: (targetsByRule.get(rule.id) ?? []).map(({ roleId }) => roleId),
  }));
}
