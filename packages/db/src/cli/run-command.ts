import { InvalidDatabaseUrlError } from "../driver-config.ts";
import { isInfrastructureError } from "../errors.ts";
import { explainDatabaseError } from "../explain-database-error.ts";
import { MigrationRefusedError } from "../migrations/plan-migrations.ts";
import { serverMessage } from "../migrations/server-message.ts";
import { SecretFileError } from "../secret-files.ts";
import { CommandError } from "./database-url.ts";

/**
 * Runs a command's main function with the arguments it was given, and sets the exit code. A problem is told in one
 * line; only what nobody foresaw comes with its stack.
 */
export async function runCommand(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(`✗ ${describe(error)}`);
    process.exitCode = 1;
  }
}

/** @throws CommandError on the first argument that is none of these. */
export function refuseUnknownOptions(args: readonly string[], known: readonly string[]): void {
  const unknown = args.find((argument) => !known.includes(argument));
  if (unknown !== undefined) throw new CommandError(`Unknown option ${unknown}; see --help.`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isForeseen =
    error instanceof CommandError ||
    error instanceof MigrationRefusedError ||
    error instanceof InvalidDatabaseUrlError ||
    error instanceof SecretFileError;
  if (isForeseen) return error.message;
  const reason = explainDatabaseError(error);
  if (reason !== undefined) return `${reason} (${serverMessage(error)})`;
  if (isInfrastructureError(error)) return `The database cannot be used: ${serverMessage(error)}`;
  return error.stack ?? error.message;
}
