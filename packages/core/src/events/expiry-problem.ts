import type { DomainError } from "@tocsin/contracts/errors";
import { invalidAt } from "@tocsin/contracts/validation-failed";

/** How far ahead an event may expire. Days. */
export const maximumExpiryDays = 3653;

/** How long ago an event may have expired that does not say when it happened: retries and clocks are late. Minutes. */
export const maximumExpiredMinutes = 15;

/** What of an event tells when it expires. */
interface Expiring {
  occurredAt?: string | null | undefined;
  expiresAt?: string | null | undefined;
}

/**
 * Why an event may not expire when it says: absurdly far ahead, or before it came, which is when it happened where it does
 * not say. A producer that always says so would never reach anybody.
 * @param receivedAt when it came
 * @param at where it stands in the request
 */
export function expiryProblem(
  { occurredAt, expiresAt }: Expiring,
  receivedAt: Date,
  at: readonly PropertyKey[] = [],
): DomainError | undefined {
  if (expiresAt == null) return undefined;
  const ahead = Date.parse(expiresAt) - receivedAt.getTime();
  if (ahead > maximumExpiryDays * 86_400_000) {
    const message = `Must be at most ${maximumExpiryDays} days ahead; leave it out where the event does not expire`;
    return invalidAt([...at, "expiresAt"], message, "too_late");
  }
  if (occurredAt == null && ahead < -maximumExpiredMinutes * 60_000) {
    const message = `Must not be more than ${maximumExpiredMinutes} minutes ago where occurredAt is not given`;
    return invalidAt([...at, "expiresAt"], message, "too_early");
  }
  return undefined;
}
