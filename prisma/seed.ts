import { writeFileSync } from "node:fs";
import { newPasswordSchema } from "@tocsin/contracts/api/auth";
import { emailSchema } from "@tocsin/contracts/api/users";
import { systemRoles } from "@tocsin/contracts/permissions";
import { isWeakPassword } from "@tocsin/core/auth/password-strength";
import { CommandError, findDatabase, isPrivateDatabase } from "@tocsin/db/cli/database-url";
import { refuseUnknownOptions, runCommand } from "@tocsin/db/cli/run-command";
import { createDatabase, type Database } from "@tocsin/db/client";
import { readSecret } from "@tocsin/db/secret-files";
import { demoAccounts } from "./demo-data.ts";
import { seedAccount } from "./seed-accounts.ts";
import { describeDemo, seedDemo, surveyDemo, whyNoDemo } from "./seed-demo.ts";
import { seedRole } from "./seed-roles.ts";
import { seedVersions } from "./seed-versions.ts";

const HELP = `npm run db:seed                  create what a new installation needs; what is there already stays as it is
npm run db:seed -- --demo-data   demo accounts and rules too, in a database of your own that nobody else uses

Always: the system roles. In a private database of npm start: demo accounts and rules, unless SANDBOX=false.

DATABASE_URL                               mysql://user:password@host:3306/database; else that of npm start
TOCSIN_ADMIN_EMAIL, TOCSIN_ADMIN_PASSWORD  the first admin
TOCSIN_SEED_RESULT                         where to write the demo accounts and whether there is an admin, as JSON

DATABASE_URL_FILE and TOCSIN_ADMIN_PASSWORD_FILE name files with these two.`;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  refuseUnknownOptions(args, ["--demo-data"]);
  const isDemoAsked = args.includes("--demo-data");
  if (isDemoAsked && process.env["NODE_ENV"] === "production") {
    throw new CommandError("--demo-data is refused with NODE_ENV=production.");
  }
  const { url } = findDatabase(process.env);
  const admin = readAdmin(process.env);
  const isPrivate = process.env["SANDBOX"] !== "false" && (await isPrivateDatabase(url));
  const db = createDatabase({ url });
  try {
    if (isDemoAsked && !isPrivate) await refuseBesideOthers(db, admin);
    await seedSystem(db, admin);
    if (isDemoAsked || isPrivate) await seedDemo(db);
    await writeResult(db, isDemoAsked || isPrivate);
  } finally {
    await db.$disconnect();
  }
});

interface Admin {
  email: string;
  password: string;
}

/** @throws CommandError when only one of the two is set, or one is refused. */
function readAdmin(env: NodeJS.ProcessEnv): Admin | undefined {
  const { TOCSIN_ADMIN_EMAIL: email = "" } = env;
  const password = readSecret(env, "TOCSIN_ADMIN_PASSWORD") ?? "";
  if (email === "" && password === "") return undefined;
  const parsedEmail = emailSchema.safeParse(email);
  if (!parsedEmail.success) throw new CommandError("TOCSIN_ADMIN_EMAIL must be an e-mail address.");
  const parsedPassword = newPasswordSchema.safeParse(password);
  if (!parsedPassword.success) {
    throw new CommandError(`TOCSIN_ADMIN_PASSWORD: ${parsedPassword.error.issues[0]?.message ?? "refused"}.`);
  }
  if (isWeakPassword(parsedPassword.data, parsedEmail.data)) {
    throw new CommandError(
      "TOCSIN_ADMIN_PASSWORD: This password is common or easily guessed; use several unrelated words.",
    );
  }
  return { email: parsedEmail.data, password: parsedPassword.data };
}

/**
 * Says what the demo data will be in a database that is not this clone's own.
 *
 * @throws CommandError where other people use it
 */
async function refuseBesideOthers(db: Database, admin: Admin | undefined): Promise<void> {
  const survey = await surveyDemo(db, admin?.email);
  const reason = whyNoDemo(survey);
  if (reason !== undefined) throw new CommandError(reason);
  console.log(`▸ ${describeDemo(survey)}`);
}

/** For npm start: whom it can name, and whether anybody can log in to manage the rest. */
async function writeResult(db: Database, withDemo: boolean): Promise<void> {
  const file = process.env["TOCSIN_SEED_RESULT"];
  if (file === undefined) return;
  const admins = await db.user.count({
    where: { status: "active", roles: { some: { role: { name: "Admin" } } } },
  });
  const result = { accounts: withDemo ? demoAccounts : [], hasAdmin: admins > 0 };
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`, { mode: 0o600 });
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
