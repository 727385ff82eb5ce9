/** An alert that nobody acknowledged in time. */
export interface Unanswered {
  id: string;
  /** How often it was repeated before. */
  round: number;
  /** When whoever is alerted can do nothing about it any more: it has expired. */
  isExpired: boolean;
  /** The silence that keeps it quiet now; null: none does. */
  quietedBy: string | null;
}

/** What is done about it. */
export interface Escalation {
  id: string;
  /** Quiet: nobody is told this time; it is looked at again after another time limit. */
  step: "repeat" | "quiet" | "end" | "expire";
  /** How often it has been repeated then. */
  round: number;
  newRecipients: string[];
  /** Roles that it was not for before: those of the admins, where nobody else is left. */
  newRoleIds: readonly string[];
  quietedBy: string | null;
}

/** Whom an alert could be told to now. */
export interface PossibleRecipients {
  /** Who has it. */
  recipients: ReadonlySet<string>;
  /** Those who hold a role that it is for; null: it is for whoever has it. */
  holders: readonly string[] | null;
  /** Those whom it escalates to. */
  escalation: readonly string[];
  admins: readonly string[];
  adminRoleIds: readonly string[];
}

/**
 * An alert is repeated until it was repeated often enough; the first time others hear of it as well. Where all who have it
 * have left, those who hold its roles by now take their place, and else the admins.
 */
export function planEscalation(
  { id, round, isExpired, quietedBy }: Unanswered,
  people: PossibleRecipients,
  repeatLimit: number,
): Escalation {
  const nobody = { id, round, newRecipients: [], newRoleIds: [], quietedBy: null };
  if (isExpired) return { ...nobody, step: "expire" };
  if (round >= repeatLimit) return { ...nobody, step: "end" };
  if (quietedBy !== null) return { ...nobody, step: "quiet", quietedBy };
  return { ...nobody, step: "repeat", round: round + 1, ...othersOf(people) };
}

function othersOf(people: PossibleRecipients): Pick<Escalation, "newRecipients" | "newRoleIds"> {
  const { recipients, holders, escalation, admins, adminRoleIds } = people;
  const without = (some: readonly string[]) => some.filter((userId) => !recipients.has(userId));
  const isLeft = holders === null || holders.some((userId) => recipients.has(userId));
  if (isLeft || escalation.length > 0) return { newRecipients: without(escalation), newRoleIds: [] };
  if (holders.length > 0) return { newRecipients: without(holders), newRoleIds: [] };
  return { newRecipients: without(admins), newRoleIds: adminRoleIds };
}
