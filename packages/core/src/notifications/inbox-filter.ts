import type { ListNotificationsInput } from "@tocsin/contracts/api/notifications";

/** A condition in SQL, with its values. */
export interface Condition {
  sql: string;
  values: readonly unknown[];
}

const statusConditions = {
  unread: "readAt IS NULL AND archivedAt IS NULL",
  read: "readAt IS NOT NULL AND archivedAt IS NULL",
  acknowledged: "acknowledgedAt IS NOT NULL AND archivedAt IS NULL",
  archived: "archivedAt IS NOT NULL",
} as const satisfies Record<NonNullable<ListNotificationsInput["status"]>, string>;

/** Which of a person's copies a list shows. */
export function copyCondition(userId: string, input: ListNotificationsInput): Condition {
  const status = input.status === undefined ? "archivedAt IS NULL" : statusConditions[input.status];
  return joinConditions([
    { sql: "userId = ?", values: [userId] },
    { sql: `deletedAt IS NULL AND ${status}`, values: [] },
    ...fieldConditions(input),
    ...timeConditions(input),
  ]);
}

/** What a list asks of the notification itself, but for its time. */
export function fieldConditions(
  input: Pick<ListNotificationsInput, "ruleId" | "kind" | "priority" | "priorityAtMost">,
): Condition[] {
  const { ruleId, kind, priority, priorityAtMost } = input;
  return [
    ...(ruleId === undefined ? [] : [{ sql: "ruleId = ?", values: [ruleId] }]),
    ...(kind === undefined ? [] : [{ sql: "kind = ?", values: [kind] }]),
    ...(priority === undefined ? [] : [{ sql: "priority = ?", values: [priority] }]),
    ...(priorityAtMost === undefined ? [] : [{ sql: "priority <= ?", values: [priorityAtMost] }]),
  ];
}

/** When it was raised, `to` not included. */
export function timeConditions({ from, to }: Pick<ListNotificationsInput, "from" | "to">): Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: "createdAt >= ?", values: [new Date(from)] }]),
    ...(to === undefined ? [] : [{ sql: "createdAt < ?", values: [new Date(to)] }]),
  ];
}

/** Conditions that all hold. */
export function joinConditions(conditions: readonly Condition[]): Condition {
  return {
    sql: ["TRUE", ...conditions.map(({ sql }) => sql)].join(" AND "),
    values: conditions.flatMap(({ values }) => values),
  };
}

/** Whether anything but the status narrows the list. */
export function isNarrowed(input: ListNotificationsInput): boolean {
  return [...fieldConditions(input), ...timeConditions(input)].length > 0;
}
