import type { Directory } from "./directory.ts";
import type { ActiveRule } from "./rule-book.ts";

/** Who is alerted by a rule. */
export interface ChosenRecipients {
  recipients: readonly string[];
  /** True: the rule's roles have no active holder, so those whom it escalates to are alerted, or the admins. */
  isOrphan: boolean;
}

/** Somebody must be alerted, whoever holds the rule's roles. */
export function chooseRecipients(
  { recipients, escalation }: Pick<ActiveRule, "recipients" | "escalation">,
  { admins }: Pick<Directory, "admins">,
): ChosenRecipients {
  if (recipients.length > 0) return { recipients, isOrphan: false };
  return { recipients: escalation.length > 0 ? escalation : admins, isOrphan: true };
}
