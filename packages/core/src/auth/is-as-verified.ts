import type { UserWithRoles } from "./load-account.ts";

/**
 * Whether a password that was verified without the account's lock still opens the account. Verifying takes a quarter of
 * a second: meanwhile the password may be another, the account disabled, or every session ended.
 */
export function isAsVerified(account: UserWithRoles, verified: UserWithRoles): boolean {
  return (
    account.status === "active" &&
    account.passwordHash === verified.passwordHash &&
    account.sessionVersion === verified.sessionVersion
  );
}
