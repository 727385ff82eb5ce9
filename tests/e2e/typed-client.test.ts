import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { compilerErrors, installClientFor, type Installation } from "./support/installed-client.ts";
import { accounts, password, startSystem, type System } from "../support/system.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

/** For `npm install`: the registry may be far away. Milliseconds. */
const installationMs = 300_000;

let installation: Installation;
let system: System;

beforeAll(async () => {
  installation = await installClientFor("admin-client");
  return installation.remove;
}, installationMs);

beforeAll(async () => {
  system = await startSystem();
  return system.close;
});

describe("the typed client, packed and installed outside the repository", () => {
  it("does what an admin does in a day", async () => {
    const { stdout } = await run("npm", ["start", "--silent"], {
      cwd: installation.folder,
      env: {
        ...process.env,
        TOCSIN_URL: system.url,
        TOCSIN_EMAIL: accounts.admin.email,
        TOCSIN_PASSWORD: password,
      },
    });
    expect(
      stdout
        .replaceAll(/newcomer-\d+/g, "newcomer")
        .trim()
        .split("\n"),
    ).toEqual([
      "registered: newcomer@example.com is pending",
      "approved: newcomer@example.com is active as Operator",
      expect.stringContaining("a condition that breaks off: "),
      "refused: INVALID_CONDITION 422 at /condition",
      "on a sample: 900 declined at Zoo",
      "on the past: 0 alerts from 0 events",
      "made: Card declined is live at version 2",
      "audit: auth.registered by nobody",
      "audit: user.approved by admin@example.com",
      "audit: rule.created by admin@example.com",
      "audit: rule.updated by admin@example.com",
      "audit: rule.deleted by admin@example.com",
      "as CSV: read",
    ]);
  });

  it("is installed as its guide says, with the tools that the repository uses", async () => {
    const example = join(root, "examples/admin-client");
    const guide = await readFile(join(example, "README.md"), "utf8");
    const [packing, using] = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, lines]) => lines);
    const { version } = await manifestIn(join(installation.folder, "node_modules/@tocsin/client"));
    expect(packing).toContain(`packages/client/dist/tocsin-client-${version}.tgz`);
    expect(using).toBe('npm install "$CLIENT"\nnpx tsc --noEmit\nnpm start\n');
    const { devDependencies } = await manifestIn(example);
    expect(Object.keys(devDependencies).toSorted()).toEqual(["@types/node", "typescript"]);
    expect((await manifestIn(root)).devDependencies).toMatchObject(devDependencies);
  });

  it("is complete: strict types hold, those of its declarations too", async () => {
    expect(await compilerErrors(installation.folder)).toBe("");
  });

  it("knows the shape of every input and answer", async () => {
    const wrong = [
      "await client.rules.get.query({ id: 1 });",
      "await client.rules.create.mutate({ name: 'n' });",
      "(await client.users.list.query({})).items.map((user) => user.passwordHash);",
      "await client.rules.vanish.mutate({});",
    ];
    const file = join(installation.folder, "wrong.ts");
    const head = [
      'import type { TocsinClient } from "@tocsin/client";',
      "declare const client: TocsinClient;",
    ];
    await writeFile(file, [...head, ...wrong].join("\n"));
    const errors = await compilerErrors(installation.folder);
    const lines = [...errors.matchAll(/^\S*wrong\.ts\((\d+),/gm)].map(([, line]) => Number(line));
    expect([...new Set(lines)]).toEqual(wrong.map((_, index) => head.length + 1 + index));
  });

  it("needs neither Express nor Prisma nor anything else of the server", async () => {
    const types = await readFile(
      join(installation.folder, "node_modules/@tocsin/client/app-router.d.ts"),
      "utf8",
    );
    const modules = new Set([...types.matchAll(/(?:from |import\()"([^"]+)"/g)].map(([, name]) => name));
    expect(modules).toEqual(new Set(["./server-types.js", "@trpc/server"]));
  });
});

async function manifestIn(folder: string) {
  const text = await readFile(join(folder, "package.json"), "utf8");
  return JSON.parse(text) as { version: string; devDependencies: Record<string, string> };
}
