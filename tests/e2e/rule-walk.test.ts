import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { hasCommand } from "./support/has-command.ts";
import { accounts, password, startSystem, type System } from "../support/system.ts";

const run = promisify(execFile);
const guide = readFileSync(join(import.meta.dirname, "../../docs/how-do-i-write-a-rule.md"), "utf8");

/** The commands of the guide; the first block says where the system is, which is another one here. */
const [, ...blocks] = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands = ""]) => commands);

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.close());

/** The answers of one block: each call prints its own on a line. */
const answersOf = (output: string) =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map(parse);
const parse = (line: string) => JSON.parse(line) as Record<string, unknown>;

it.skipIf(!hasCommand("curl") || !hasCommand("bash"))(
  "the guide to writing a rule does what it says, command by command",
  async () => {
    const separator = "=====";
    const script = ["set -euo pipefail", ...blocks].join(`\necho ${separator}\n`);
    const { stdout } = await run("bash", ["-c", script], {
      env: {
        ...process.env,
        API: `${system.url}/api/v1`,
        EMAIL: accounts.manager.email,
        PASSWORD: password,
      },
      timeout: 50_000,
    });
    const [, , validated, tested, backtest, , shadow, live, changed, refused, history] = stdout
      .split(separator)
      .map(answersOf);

    expect(validated).toMatchObject([
      { valid: true, warnings: [{ code: "UNKNOWN_FIELD", suggestion: "event.amount" }] },
    ]);
    expect(tested).toMatchObject([{ fires: true, alert: { title: "900 declined at Zoo", dedupKey: "c-1" } }]);
    expect(backtest?.at(-1)).toMatchObject({ lookedAt: 4, matched: 3, alerts: 1, deduplicated: 2 });
    expect(shadow?.at(-1)).toMatchObject({
      rules: [{ outcome: "shadow", version: 1, notificationId: null }],
    });
    expect(live).toMatchObject([
      { mode: "live", version: 2 },
      { rules: [{ outcome: "alerted", version: 2, notificationId: expect.any(String) }] },
    ]);
    expect(changed).toMatchObject([{ difference: { onlyOld: 1, onlyNew: 0, both: 4 } }, { version: 3 }]);
    expect(refused).toMatchObject([
      { status: 422, code: "RULE_TESTS_FAILED", errors: [{ pointer: "/tests/0" }] },
    ]);
    expect(history).toMatchObject([
      { total: 3 },
      { version: 4 },
      { version: 6, condition: expect.stringContaining("500") },
    ]);
    // The shadow rule alerted nobody; the live one did, once.
    expect(await system.db.notification.findMany({ select: { ruleVersion: true } })).toEqual([
      { ruleVersion: 2 },
    ]);
  },
);
