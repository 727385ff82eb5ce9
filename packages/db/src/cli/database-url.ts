import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { createConnection } from "mariadb";
import { driverConfig } from "../driver-config.ts";
import { readSecret } from "../secret-files.ts";
import { repositoryFolder } from "./repository.ts";

/** Written by `npm start` with the variables of the system it runs. */
const localEnvironmentFile = join(repositoryFolder, ".local/env");

/** The database that a command is to work on. */
export interface TargetDatabase {
  url: string;
  /** Where the URL is from. */
  origin: "DATABASE_URL" | ".local/env";
}

/** A command that cannot run as things are. The message is for the person at the terminal. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * DATABASE_URL, or the content of the file that DATABASE_URL_FILE names, or else the database of the system that
 * `npm start` runs.
 *
 * @throws CommandError where there is none, SecretFileError where the file does not give it.
 */
export function findDatabase(env: NodeJS.ProcessEnv): TargetDatabase {
  const given = readSecret(env, "DATABASE_URL");
  if (given !== undefined) return { url: given, origin: "DATABASE_URL" };
  const local = readSecret(localEnvironment(), "DATABASE_URL");
  if (local !== undefined) return { url: local, origin: ".local/env" };
  throw new CommandError(
    "DATABASE_URL is not set, and there is no private database of this clone: run npm start first, " +
      "or set DATABASE_URL=mysql://user:password@host:3306/database.",
  );
}

/**
 * A variable of the environment, by itself or from its file, or else of the system that `npm start` runs; undefined
 * where neither has it.
 *
 * @throws SecretFileError where it names a file that does not give it.
 */
export function findVariable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return readSecret(env, name) ?? readSecret(localEnvironment(), name);
}

/**
 * Whether a database is a private one of this clone: the one that `npm start` made, known by its URL with the random
 * password, or one of a server whose data lies under .local. Only such a one is wiped, and filled with demo data
 * unasked. One that `npm start` was given is none, though stand-ins may run beside it (SANDBOX=true).
 */
export async function isPrivateDatabase(url: string): Promise<boolean> {
  if (URL.parse(url)?.hostname !== "127.0.0.1") return false;
  if (isNotedAsPrivate(localEnvironment(), url)) return true;
  return join(await dataDirectory(url), "/").startsWith(join(repositoryFolder, ".local", "/"));
}

/** Whether `npm start` noted that it runs this database itself. That it allows stand-ins (SANDBOX) says nothing of it. */
export function isNotedAsPrivate(noted: NodeJS.Dict<string>, url: string): boolean {
  return noted["TOCSIN_PRIVATE_DATABASE"] === "true" && noted["DATABASE_URL"] === url;
}

async function dataDirectory(url: string): Promise<string> {
  const connection = await createConnection(driverConfig(url));
  try {
    const [row] = await connection.query<{ folder: string }[]>("SELECT @@datadir AS folder");
    return row?.folder ?? "";
  } finally {
    await connection.end();
  }
}

function localEnvironment(): NodeJS.Dict<string> {
  return existsSync(localEnvironmentFile) ? parseEnv(readFileSync(localEnvironmentFile, "utf8")) : {};
}
