import type { Directory } from "./directory.ts";
import type { ActiveRule } from "./rule-book.ts";

/** How many characters a notification's row holds of it. */
const maximumCharacters = 4000;

/** Which roles a notification of a rule is for, as the rule said when it fired. */
export interface Audience {
  /** Whoever holds none of them any more is told no more; null: everyone who has a copy may be told. */
  audience: readonly string[] | null;
  /** Those who hear of it as well where nobody acknowledges in time; null: it does not escalate. */
  escalateTo: readonly string[] | null;
}

/** For whoever has a copy, whatever they hold. */
export const anyone: Audience = { audience: null, escalateTo: null };

/** Whom a notification of a rule is for: the holders of its roles, and the admins where it went to them instead. */
export function audienceOf(
  { targetRoleIds, escalationRoleIds, recipients, escalation }: RolesOfRule,
  { adminRoleIds }: Pick<Directory, "adminRoleIds">,
): Audience {
  const isForAdmins = recipients.length === 0 && escalation.length === 0;
  const roleIds = [...targetRoleIds, ...escalationRoleIds, ...(isForAdmins ? adminRoleIds : [])];
  return { audience: [...new Set(roleIds)], escalateTo: escalationRoleIds };
}

type RolesOfRule = Pick<ActiveRule, "targetRoleIds" | "escalationRoleIds" | "recipients" | "escalation">;

/** Role ids as a row holds them; null: too many to be held. */
export function writeRoleIds(roleIds: readonly string[] | null): string | null {
  const text = roleIds?.join(",") ?? null;
  return text === null || text.length > maximumCharacters ? null : text;
}

/** Role ids that a row holds. */
export function readRoleIds(text: string | null): string[] {
  return text === null || text === "" ? [] : text.split(",");
}
