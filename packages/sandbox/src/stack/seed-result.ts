import { readFileSync } from "node:fs";
import type { DemoAccount } from "./ready-info.ts";

/** What the seed says of the database that it filled. */
export interface SeedResult {
  /** The demo accounts; none where there is no demo data. */
  accounts: DemoAccount[];
  /** Whether somebody can log in as an Admin. */
  hasAdmin: boolean;
}

/**
 * Reads the file that prisma/seed.ts wrote.
 *
 * @throws Error when it holds something else.
 */
export function readSeedResult(file: string): SeedResult {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  const { accounts, hasAdmin } = (value ?? {}) as Record<string, unknown>;
  if (!Array.isArray(accounts) || !accounts.every(isAccount) || typeof hasAdmin !== "boolean") {
    throw new Error(`${file} does not list accounts with email, password and roles.`);
  }
  return { accounts: accounts.map(({ email, password, roles }) => ({ email, password, roles })), hasAdmin };
}

function isAccount(value: unknown): value is DemoAccount {
  if (typeof value !== "object" || value === null) return false;
  const { email, password, roles } = value as Record<string, unknown>;
  return typeof email === "string" && typeof password === "string" && Array.isArray(roles);
}
