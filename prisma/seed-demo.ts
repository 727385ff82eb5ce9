import type { Database } from "@tocsin/db/client";
import { demoAccounts, demoAuthor, demoRole, demoRules } from "./demo-data.ts";
import { seedAccount } from "./seed-accounts.ts";
import { seedRole } from "./seed-roles.ts";
import { seedRule } from "./seed-rules.ts";

/** The demo data that a database lacks, and what it holds of other people's. */
export interface DemoSurvey {
  accounts: string[];
  rules: string[];
  /** How many users and rules are no demo data. */
  otherUsers: number;
  otherRules: number;
}

/**
 * Looks what the demo would add, and beside what.
 *
 * @param adminEmail the first admin of the same seed, who does not count as somebody else
 */
export async function surveyDemo(db: Database, adminEmail: string | undefined): Promise<DemoSurvey> {
  const emails = demoAccounts.map(({ email }) => email);
  const names = demoRules.map(({ name }) => name);
  const users = await db.user.findMany({ where: { email: { in: emails } }, select: { email: true } });
  const rules = await db.rule.findMany({ where: { name: { in: names } }, select: { name: true } });
  const known = adminEmail === undefined ? emails : [...emails, adminEmail];
  return {
    accounts: emails.filter((email) => !users.some((user) => user.email === email)),
    rules: names.filter((name) => !rules.some((rule) => rule.name === name)),
    otherUsers: await db.user.count({ where: { email: { notIn: known } } }),
    otherRules: await db.rule.count({ where: { name: { notIn: names } } }),
  };
}

/**
 * Why demo data may not go into a database that is not this clone's own; undefined where it may. The demo accounts have
 * passwords that everyone knows, so none is added where other people work. Where all of them are there already, somebody
 * decided so before.
 */
export function whyNoDemo(survey: DemoSurvey): string | undefined {
  const { accounts, otherUsers, otherRules } = survey;
  if (accounts.length === 0 || otherUsers + otherRules === 0) return undefined;
  return (
    `The database is in use: it holds ${count(otherUsers, "user")} and ${count(otherRules, "rule")} that are no demo ` +
    "data. Demo accounts have passwords that everyone knows: give an empty database, or leave out --demo-data."
  );
}

/** What the demo adds to such a database, in words. */
export function describeDemo({ accounts, rules }: DemoSurvey): string {
  if (accounts.length + rules.length === 0) return "The demo data is there already and stays as it is.";
  const parts = [
    ...(accounts.length === 0 ? [] : [`${accounts.join(", ")} with passwords that everyone knows`]),
    ...(rules.length === 0 ? [] : [count(rules.length, "rule")]),
  ];
  return `Adding ${parts.join(" and ")}; what is there stays as it is.`;
}

/** Adds the demo's role, accounts and rules; what is there already stays as it is. */
export async function seedDemo(db: Database): Promise<void> {
  if (await seedRole(db, { ...demoRole, system: false })) console.log(`✓ Role ${demoRole.name}`);
  await Promise.all(
    demoAccounts.map(async (account) => {
      if (!(await seedAccount(db, account))) return;
      console.log(`✓ ${account.email}  ${account.password}  ${account.roles.join(", ")}`);
    }),
  );
  for (const rule of demoRules) {
    if (await seedRule(db, rule, demoAuthor)) console.log(`✓ Rule ${rule.name}`);
  }
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
