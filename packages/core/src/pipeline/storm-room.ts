import type { Queryable } from "@tocsin/db/pool";
import type { Gate } from "./decide.ts";
import type { Match } from "./match-events.ts";
import { rankKey, type Ranks } from "./rank-in-window.ts";
import { type StormPolicy, stormPolicyOf } from "./storm-policy.ts";

/**
 * Whether a storm holds against an event that came before it and was within the limit. Batches overlap: a later one may
 * have begun the storm first.
 */
export function isOvertaken(
  { rule, event }: Match,
  { stormId, openedAt }: Pick<Gate, "stormId" | "openedAt">,
  { ranks, stormDefaults }: { ranks: Ranks; stormDefaults: StormPolicy },
): boolean {
  if (stormId === null || openedAt === null || event.receivedAt > openedAt) return false;
  const rank = ranks.get(rankKey(rule.id, event.id)) ?? 1;
  return rank <= stormPolicyOf(rule, stormDefaults).limit;
}

/**
 * Adds to the gates of storms that overtook events how many alerts may still be raised from before: so many as the limit
 * leaves over in the window in which the storm began. Asks nothing where none was overtaken.
 */
export async function addRoom(
  connection: Queryable,
  gates: readonly Gate[],
  matches: readonly Match[],
  state: { ranks: Ranks; stormDefaults: StormPolicy },
): Promise<Gate[]> {
  const gateOf = new Map(gates.map((gate) => [gate.ruleId, gate]));
  const overtaken = new Map<string, { policy: StormPolicy; openedAt: Date }>();
  for (const match of matches) {
    const gate = gateOf.get(match.rule.id);
    if (!gate?.openedAt || !isOvertaken(match, gate, state)) continue;
    const policy = stormPolicyOf(match.rule, state.stormDefaults);
    overtaken.set(match.rule.id, { policy, openedAt: gate.openedAt });
  }
  if (overtaken.size === 0) return [...gates];
  const raised = await countAlertsBefore(connection, overtaken);
  return gates.map((gate) => {
    const limit = overtaken.get(gate.ruleId)?.policy.limit ?? 0;
    return { ...gate, room: Math.max(0, limit - (raised.get(gate.ruleId) ?? 0)) };
  });
}

/** How many alerts each rule raised within its window before its storm, by the times at which their events came. */
async function countAlertsBefore(
  connection: Queryable,
  storms: ReadonlyMap<string, { policy: StormPolicy; openedAt: Date }>,
): Promise<Map<string, number>> {
  const conditions = Array.from(
    storms,
    () =>
      "(notification.ruleId = ? AND notification.createdAt > ? AND event.receivedAt > ? AND event.receivedAt <= ?)",
  );
  const rows = await connection.query<{ ruleId: string; alerts: number }[]>(
    `SELECT notification.ruleId, COUNT(*) AS alerts
       FROM notification JOIN event ON event.id = notification.eventId
      WHERE notification.kind = 'alert' AND (${conditions.join(" OR ")}) GROUP BY notification.ruleId`,
    Array.from(storms, ([ruleId, { policy, openedAt }]) => {
      const begin = new Date(openedAt.getTime() - policy.windowSeconds * 1000);
      return [ruleId, begin, begin, openedAt];
    }).flat(),
  );
  return new Map(rows.map(({ ruleId, alerts }) => [ruleId, alerts]));
}
