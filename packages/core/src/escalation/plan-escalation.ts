/** An alert that nobody acknowledged in time. */
export interface Unanswered {
  id: string;
  ruleId: string | null;
  /** How often it was repeated before. */
  round: number;
}

/** What is done about it. */
export interface Escalation {
  id: string;
  step: "repeat" | "end";
  /** How often it has been repeated then. */
  round: number;
  newRecipients: string[];
}

/** An alert is repeated until it was repeated often enough; the first time others hear of it as well. */
export function planEscalation(
  { id, round }: Unanswered,
  facts: { escalation: readonly string[]; recipients: ReadonlySet<string>; repeatLimit: number },
): Escalation {
  if (round >= facts.repeatLimit) return { id, step: "end", round, newRecipients: [] };
  const newRecipients = facts.escalation.filter((userId) => !facts.recipients.has(userId));
  return { id, step: "repeat", round: round + 1, newRecipients };
}
