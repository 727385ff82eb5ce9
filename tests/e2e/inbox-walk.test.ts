import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accounts, password, startSystem, type System } from "../support/system.ts";
import { hasCommand } from "./support/has-command.ts";

const run = promisify(execFile);
const guide = readFileSync(join(import.meta.dirname, "../../docs/how-does-the-mobile-inbox-work.md"), "utf8");

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
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it.skipIf(!hasCommand("curl") || !hasCommand("bash"))(
  "the guide to the mobile inbox does what it says, command by command",
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
    const [, , , pages, badge, , , synced, bulk] = stdout.split(separator).map(answersOf);
    expect(pages).toMatchObject([
      { items: [{ title: "Walk 4" }, { title: "Walk 3" }], total: 4 },
      { items: [{ title: "Walk 2" }, { title: "Walk 1" }], nextCursor: null },
    ]);
    expect(badge).toEqual([{ count: 4 }]);
    expect(synced).toMatchObject([
      {
        reset: false,
        more: false,
        changes: [
          { notification: { title: "Walk 1", readAt: expect.any(String), acknowledgedAt: null } },
          { notification: { title: "Walk 2", alertAcknowledgedAt: expect.any(String) } },
          { notification: { title: "Walk 3", archivedAt: expect.any(String) } },
          { notification: null },
        ],
      },
    ]);
    expect(bulk).toMatchObject([
      { items: [], more: false },
      { items: [{ outcome: "changed" }, { outcome: "not_found", seq: null }] },
      { items: [{ outcome: "changed" }, { outcome: "changed" }], more: false },
    ]);
  },
);
