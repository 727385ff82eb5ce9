import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { runToEnd } from "@tocsin/sandbox/testing/run-to-end";
import { secretVariables } from "@tocsin/platform/env-fields";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const canary = "canary-4711";

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-secrets-"));
  database = await createTestDatabase();
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** The path of a new file with this content. */
function fileOf(content: string): string {
  const file = join(folder, "secret");
  writeFileSync(file, content);
  return file;
}

describe.each(["apps/api/src/main.ts", "apps/worker/src/main.ts"])("%s", (entry) => {
  it.each(secretVariables)(
    "takes %s or its file, and refuses both, naming them and showing neither",
    (name) => {
      const { status, lines } = runToEnd(pathOf(entry), { [name]: canary, [`${name}_FILE`]: fileOf(canary) });
      expect(status).toBe(1);
      expect(lines).toEqual([`${name} and ${name}_FILE are both set: unset one of them.`]);
    },
  );

  it("holds what a file says to the same rules as a variable, and never shows it", () => {
    const { status, lines } = runToEnd(pathOf(entry), { REDIS_URL_FILE: fileOf(`http://${canary}\n`) });
    expect(status).toBe(1);
    expect(lines.join("\n")).toMatch(/^ {2}REDIS_URL: Must be a URL that starts with redis:/m);
    expect(lines.join("\n")).not.toContain(canary);
  });

  it("does not take a file for what is no secret", () => {
    const { lines } = runToEnd(pathOf(entry), { PUSHER_KEY_FILE: fileOf(canary) });
    expect(lines).toContain("  PUSHER_KEY is not set");
  });
});

describe("the commands", () => {
  it("migrate the database that a file names", () => {
    const { status, lines } = runToEnd(pathOf("packages/db/src/cli/migrate.ts"), {
      DATABASE_URL_FILE: fileOf(`${database.url}\n`),
    });
    expect([status, lines.at(-1)]).toEqual([0, expect.stringMatching(/^✓ Applied \d+ migrations\.$/)]);
  });

  it.each(["packages/db/src/cli/migrate.ts", "prisma/seed.ts", "apps/worker/src/cli/retention-run.ts"])(
    "%s says in one line that a file is missing, and does not fall back on another database",
    (entry) => {
      const { status, lines } = runToEnd(pathOf(entry), { DATABASE_URL_FILE: join(folder, "none") });
      expect(status).toBe(1);
      expect(lines).toEqual(["✗ The file of DATABASE_URL_FILE cannot be read (ENOENT)."]);
    },
  );
});
