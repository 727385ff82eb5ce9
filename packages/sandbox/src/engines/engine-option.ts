import { DATABASE_KINDS } from "./engine.ts";
import type { DatabaseKind } from "./engine.ts";
import { UserError } from "./user-error.ts";

/** For the help of every command that takes the option. */
export const ENGINE_OPTION_HELP = `--engine mysql|mariadb   the database server. Without it: what is on PATH, MySQL before MariaDB; else MariaDB`;

/**
 * Takes `--engine mysql` or `--engine=mysql` out of a command's arguments, wherever it stands.
 *
 * @throws UserError when it names no engine, an unknown one, or is given twice.
 */
export function takeEngineOption(args: readonly string[]): { engine?: DatabaseKind; rest: string[] } {
  const rest: string[] = [];
  const named: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? "";
    if (argument === "--engine") named.push(args[++index] ?? "");
    else if (argument.startsWith("--engine=")) named.push(argument.slice("--engine=".length));
    else rest.push(argument);
  }
  const [name] = named;
  if (name === undefined) return { rest };
  if (named.length > 1) throw new UserError("--engine is given twice; a run has one database server.");
  return { engine: databaseKind(name, "--engine"), rest };
}

/**
 * The database server that a text names.
 *
 * @param where what holds the text, for the error.
 * @throws UserError when it names none.
 */
export function databaseKind(name: string, where: string): DatabaseKind {
  const kind = DATABASE_KINDS.find((known) => known === name);
  if (kind === undefined) {
    throw new UserError(`${where} must be ${DATABASE_KINDS.join(" or ")}, not "${name}".`);
  }
  return kind;
}
