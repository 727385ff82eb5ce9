import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { runToEnd } from "@tocsin/sandbox/testing/run-to-end";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const canary = "canary-4711";

/** Each test starts programs: on a busy machine that takes a while. */
const options = { timeout: 120_000 };

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
  const file = join(folder, randomUUID());
  writeFileSync(file, content);
  return file;
}

describe.each(["apps/api/src/main.ts", "apps/worker/src/main.ts"])("%s", options, (entry) => {
  it("takes a secret from a variable or from its file, and refuses both, showing neither", () => {
    const { status, lines } = runToEnd(pathOf(entry), {
      PUSHER_SECRET: canary,
      PUSHER_SECRET_FILE: fileOf(canary),
    });
    expect(status).toBe(1);
    expect(lines).toEqual(["PUSHER_SECRET and PUSHER_SECRET_FILE are both set: unset one of them."]);
  });

  it("holds what a file says to the same rules as a variable, and takes none for what is no secret", () => {
    const { status, lines } = runToEnd(pathOf(entry), {
      REDIS_URL_FILE: fileOf(`http://${canary}\n`),
      PUSHER_KEY_FILE: fileOf(canary),
    });
    expect(status).toBe(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^ {2}REDIS_URL: Must be a URL that starts with redis:/),
    );
    expect(lines).toContain("  PUSHER_KEY is not set");
    expect(lines.join("\n")).not.toContain(canary);
  });
});

describe("the commands", options, () => {
  it("migrate the database that a file names", () => {
    const { status, lines } = runToEnd(pathOf("packages/db/src/cli/migrate.ts"), {
      DATABASE_URL_FILE: fileOf(`${database.url}\n`),
    });
    expect([status, lines.at(-1)]).toEqual([0, expect.stringMatching(/^✓ Applied \d+ migrations\.$/)]);
  });

  it.each(["packages/db/src/cli/migrate.ts", "prisma/seed.ts"])(
    "%s says in one line that a file is missing, and does not fall back on another database",
    (entry) => {
      const { status, lines } = runToEnd(pathOf(entry), { DATABASE_URL_FILE: join(folder, "none") });
      expect(status).toBe(1);
      expect(lines).toEqual(["✗ The file of DATABASE_URL_FILE cannot be read (ENOENT)."]);
    },
  );
});
