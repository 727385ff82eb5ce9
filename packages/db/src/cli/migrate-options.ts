import { parseArgs } from "node:util";
import { CommandError } from "./database-url.ts";

/** What `npm run db:migrate` is asked to do. */
export type MigrateCommand =
  | { do: "help" | "apply" | "status" | "explain" | "mark rolled back" | "mark applied" }
  | { do: "continue"; from?: number };

const OPTIONS = {
  help: { type: "boolean" },
  status: { type: "boolean" },
  repair: { type: "boolean" },
  continue: { type: "boolean" },
  from: { type: "string" },
  "rolled-back": { type: "boolean" },
  applied: { type: "boolean" },
} as const;

/** @throws CommandError on an option that is not known, or that does not go with the others. */
export function readMigrateOptions(args: readonly string[]): MigrateCommand {
  const values = parse(args);
  if (values.help) return { do: "help" };
  const ways = (["continue", "rolled-back", "applied"] as const).filter((name) => values[name]);
  if (values.from !== undefined && !values.continue) throw new CommandError("--from goes with --continue.");
  if (!values.repair) {
    if (ways[0] !== undefined) throw new CommandError(`--${ways[0]} goes with --repair.`);
    return { do: values.status ? "status" : "apply" };
  }
  if (values.status || ways.length > 1) {
    throw new CommandError("--repair takes one of --continue, --rolled-back and --applied, or none.");
  }
  const [way] = ways;
  switch (way) {
    case "continue":
      return { do: "continue", ...(values.from === undefined ? {} : { from: statementNumber(values.from) }) };
    case "rolled-back":
      return { do: "mark rolled back" };
    case "applied":
      return { do: "mark applied" };
    default:
      return { do: "explain" };
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values;
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split(/[.\n]/);
    throw new CommandError(`${sentence}; see --help.`, { cause: error });
  }
}

function statementNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) {
    throw new CommandError(`--from takes the number of a statement, from 1, not "${text}".`);
  }
  return Number(text);
}
