import { writeFileSync } from "node:fs";
import { newPasswordSchema } from "@tocsin/contracts/api/auth";
import { emailSchema } from "@tocsin/contracts/api/users";
import { systemRoles } from "@tocsin/contracts/permissions";
import { checkPasswordStrength } from "@tocsin/core/auth/check-password-strength";
import { CommandError, findDatabase, isPrivateDatabase } from "@tocsin/db/cli/database-url";
import { refuseUnknownOptions, runCommand } from "@tocsin/db/cli/run-command";
import { createDatabase, type Database } from "@tocsin/db/client";
import { demoAccounts, demoAuthor, demoRole, demoRules } from "./demo-data.ts";
import { seedAccount } from "./seed-accounts.ts";
import { seedRole } from "./seed-roles.ts";
import { seedRule } from "./seed-rules.ts";
import { seedVersions } from "./seed-versions.ts";

const HELP = `npm run db:seed   create what a new installation needs; what is there already stays as it is

Always: the system roles. Then, in a private database of npm start (or with SANDBOX=true): demo accounts and rules.

DATABASE_URL                               mysql://user:password@host:3306/database; else the private database
TOCSIN_ADMIN_EMAIL, TOCSIN_ADMIN_PASSWORD  the first admin
TOCSIN_ACCOUNTS_FILE                       where to write the demo accounts, as JSON`;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  refuseUnknownOptions(args, []);
  const { url } = findDatabase(process.env);
  const admin = readAdmin(process.env);
  const withDemo = await wantsDemo(url, process.env["SANDBOX"]);
  const db = createDatabase({ url });
  try {
    await seedSystem(db, admin);
    if (withDemo) await seedDemo(db);
  } finally {
    await db.$disconnect();
  }
  const accountsFile = process.env["TOCSIN_ACCOUNTS_FILE"];
  if (withDemo && accountsFile !== undefined) {
    writeFileSync(accountsFile, `${JSON.stringify(demoAccounts, null, 2)}\n`, { mode: 0o600 });
  }
});

interface Admin {
  email: string;
  password: string;
}

/** @throws CommandError when only one of the two is set, or one is refused. */
function readAdmin(env: NodeJS.ProcessEnv): Admin | undefined {
  const { TOCSIN_ADMIN_EMAIL: email = "", TOCSIN_ADMIN_PASSWORD: password = "" } = env;
  if (email === "" && password === "") return undefined;
  const parsedEmail = emailSchema.safeParse(email);
  if (!parsedEmail.success) throw new CommandError("TOCSIN_ADMIN_EMAIL must be an e-mail address.");
  const parsedPassword = newPasswordSchema.safeParse(password);
  if (!parsedPassword.success) {
    throw new CommandError(`TOCSIN_ADMIN_PASSWORD: ${parsedPassword.error.issues[0]?.message ?? "refused"}.`);
  }
  try {
    checkPasswordStrength(parsedPassword.data, parsedEmail.data.split(/[@.+_-]/));
  } catch (error) {
    throw new CommandError(`TOCSIN_ADMIN_PASSWORD: ${error instanceof Error ? error.message : "refused"}.`, {
      cause: error,
    });
  }
  return { email: parsedEmail.data, password: parsedPassword.data };
}

/** @throws CommandError when demo data is asked for in a database that is not this clone's own. */
async function wantsDemo(url: string, sandbox: string | undefined): Promise<boolean> {
  if (sandbox === "false") return false;
  const isPrivate = await isPrivateDatabase(url);
  if (sandbox === "true" && !isPrivate) {
    throw new CommandError(
      "SANDBOX=true asks for demo accounts, whose passwords everyone knows, but the database is not a private one " +
        "of this clone. Unset SANDBOX.",
    );
  }
  return isPrivate;
}

async function seedSystem(db: Database, admin: Admin | undefined): Promise<void> {
  await seedVersions(db);
  for (const [name, role] of Object.entries(systemRoles)) {
    if (await seedRole(db, { name, ...role, system: true })) console.log(`✓ Role ${name}`);
  }
  if (admin === undefined) return;
  const isNew = await seedAccount(db, { ...admin, roles: ["Admin"] });
  console.log(isNew ? `✓ Admin ${admin.email}` : `  ${admin.email} exists and stays as it is`);
}

async function seedDemo(db: Database): Promise<void> {
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
