import { hash } from "node:crypto";
import { DomainError } from "@tocsin/contracts/errors";
import type { Response } from "express";

/** What calls are counted in. Milliseconds. */
export const windowMs = 60_000;

/** What the headers tell of a limit. */
export interface LimitState {
  name: string;
  /** So many calls a window. */
  limit: number;
  left: number;
  secondsLeft: number;
  caller: string;
}

/** Tells how many calls are left. https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-08.html */
export function setLimitHeaders(response: Response, state: LimitState): void {
  const { name, limit, left, secondsLeft, caller } = state;
  setLeft(response, { name, left, secondsLeft });
  response.setHeader("RateLimit-Policy", policyOf(name, limit, caller));
}

/** The part of it that changes with each call. */
export function setLeft(
  response: Response,
  { name, left, secondsLeft }: Pick<LimitState, "name" | "left" | "secondsLeft">,
): void {
  response.setHeader("RateLimit", `"${name}"; r=${Math.max(left, 0)}; t=${secondsLeft}`);
}

/** The policy with a key that tells a client's counts apart and not its address. */
export function policyOf(name: string, limit: number, caller: string): string {
  const key = Buffer.from(hash("sha256", caller).slice(0, 12)).toString("base64");
  return `"${name}"; q=${limit}; w=${windowMs / 1000}; pk=:${key}:`;
}

/** A caller made more calls than are allowed. */
export function overLimit(limit: number, retryAfterSeconds: number): DomainError {
  return new DomainError("TOO_MANY_REQUESTS", {
    detail: `More than ${limit} requests in a minute`,
    retryAfterSeconds,
  });
}
