import { createHash } from "node:crypto";
import type { Context } from "../context.ts";
import type { AttemptLimit } from "./count-attempts.ts";
import { networkOf } from "./network-of.ts";

const minute = 60;
const quarterHour = 900;
const hour = 3600;

/** Wrong passwords for one account from one address, in a quarter of an hour. */
export const wrongPasswordsPerAddress = 10;

/** Wrong passwords for one account from all addresses that never logged in to it, in an hour. */
export const wrongPasswordsPerAccount = 100;

/** Wrong passwords from one address for accounts that were never logged in to from there, in an hour. */
export const wrongPasswordsFromAddress = 200;

/** Renewals of one session, in a minute. A client needs one in the life of an access token, and a few more to try again. */
export const renewalsPerSession = 30;

/** Registrations of one e-mail address, in an hour. */
export const registrationsPerEmail = 5;

/** Nothing personal stands in Redis, and no key grows with what was sent. */
function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** What a login counts against. */
export interface LoginLimits {
  /** The account from the caller's address. */
  ofCaller: AttemptLimit[];
  /** Where the account was never logged in to from that address: the address for all accounts, the account from everywhere. */
  ofStrangers: AttemptLimit[];
}

/** The limits of a login. Unknown accounts have the same. */
export function loginLimits(ctx: Context, email: string): LoginLimits {
  const account = digest(email);
  const network = digest(networkOf(ctx.request.ip));
  return {
    ofCaller: [
      {
        key: `throttle:login:${account}:${network}`,
        limit: wrongPasswordsPerAddress,
        windowSeconds: quarterHour,
      },
    ],
    ofStrangers: [
      { key: `throttle:login-from:${network}`, limit: wrongPasswordsFromAddress, windowSeconds: hour },
      { key: `throttle:login:${account}`, limit: wrongPasswordsPerAccount, windowSeconds: hour },
    ],
  };
}

/** What asking for the present password counts against: whoever holds a stolen session guesses no password with it. */
export function passwordLimits(userId: string): AttemptLimit[] {
  return [
    { key: `throttle:password:${userId}`, limit: wrongPasswordsPerAddress, windowSeconds: quarterHour },
  ];
}

/** What renewing a session counts against: the session alone, whatever address it comes from. */
export function renewalLimits(familyId: string): AttemptLimit[] {
  return [{ key: `throttle:renew:${familyId}`, limit: renewalsPerSession, windowSeconds: minute }];
}

/** What a registration counts against. */
export function registrationLimits(ctx: Context, email: string): AttemptLimit[] {
  return [
    {
      key: `throttle:register-from:${digest(networkOf(ctx.request.ip))}`,
      limit: ctx.settings.registrationsPerHour,
      windowSeconds: hour,
    },
    { key: `throttle:register:${digest(email)}`, limit: registrationsPerEmail, windowSeconds: hour },
  ];
}
