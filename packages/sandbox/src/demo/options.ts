import { parseArgs } from "node:util";
import { UserError } from "../engines/user-error.ts";

export interface DemoOptions {
  /** How many transfer events are made up. */
  transfers: number;
  /** How many events are sent in a second. */
  rate: number;
  /** Prints the summary only. */
  isQuiet: boolean;
  wantsHelp: boolean;
}

const DEFAULT_TRANSFERS = 200;
const DEFAULT_RATE = 50;
const MAXIMUM_TRANSFERS = 2_000;
const MAXIMUM_RATE = 1_000;

export const DEMO_HELP = `npm run demo                     send events to the running system and watch the alerts arrive

  --transfers <number>  how many transfer events to make up, 0 to ${MAXIMUM_TRANSFERS} (${DEFAULT_TRANSFERS})
  --rate <number>       how many events to send in a second, 1 to ${MAXIMUM_RATE} (${DEFAULT_RATE})
  --quiet               print the summary only

Options go behind two dashes: npm run demo -- --transfers 1000 --rate 200
The exit code is 0 when exactly the expected alerts arrived, and 1 otherwise.`;

/**
 * Reads the command's arguments.
 *
 * @throws UserError naming the option that is unknown or wrong.
 */
export function readDemoOptions(args: string[]): DemoOptions {
  const values = parse(args);
  return {
    transfers: readNumber("transfers", values.transfers, { minimum: 0, maximum: MAXIMUM_TRANSFERS }),
    rate: readNumber("rate", values.rate, { minimum: 1, maximum: MAXIMUM_RATE }),
    isQuiet: values.quiet,
    wantsHelp: values.help,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        transfers: { type: "string", default: String(DEFAULT_TRANSFERS) },
        rate: { type: "string", default: String(DEFAULT_RATE) },
        quiet: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    const problem = error instanceof Error ? error.message.replace(/\. .*$/su, "") : String(error);
    throw new UserError(`${problem}; see npm run demo -- --help`);
  }
}

function readNumber(name: string, text: string, range: { minimum: number; maximum: number }): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < range.minimum || value > range.maximum) {
    throw new UserError(
      `--${name} must be a whole number from ${range.minimum} to ${range.maximum}, not "${text}"`,
    );
  }
  return value;
}
