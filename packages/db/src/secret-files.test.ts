import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSecret, SecretFileError, withSecretFiles } from "./secret-files.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-secret-files-"));
  file = join(folder, "secret");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the file gives for a secret. */
function read(content: string | Buffer): string | undefined {
  writeFileSync(file, content);
  return readSecret({ TOKEN_FILE: file }, "TOKEN");
}

function problemOf(env: Record<string, string>): string {
  try {
    readSecret(env, "TOKEN");
  } catch (error) {
    if (error instanceof SecretFileError) return error.message;
    throw error;
  }
  return "";
}

describe("a secret", () => {
  it("is the variable's value where it has one, and nothing where it is empty or missing", () => {
    expect(readSecret({ TOKEN: "plain\n" }, "TOKEN")).toBe("plain\n");
    expect(readSecret({ TOKEN: "", TOKEN_FILE: "" }, "TOKEN")).toBeUndefined();
    expect(readSecret({}, "TOKEN")).toBeUndefined();
  });

  it.each([
    ["s3cret", "s3cret"],
    ["s3cret\n", "s3cret"],
    ["s3cret\r\n", "s3cret"],
    ["s3cret\n\n", "s3cret\n"],
    [" two words ", " two words "],
    ["-----BEGIN\nkey\n-----END\n", "-----BEGIN\nkey\n-----END"],
    ["pässwörd€\n", "pässwörd€"],
  ])("is the content of its file without one newline at the end: %j", (content, secret) => {
    expect(read(content)).toBe(secret);
  });

  it("may be 64 KiB long and no longer", () => {
    expect(read(Buffer.alloc(64 * 1024, "x"))).toHaveLength(64 * 1024);
    writeFileSync(file, Buffer.alloc(64 * 1024 + 1, "x"));
    expect(problemOf({ TOKEN_FILE: file })).toBe("The file of TOKEN_FILE is larger than 64 KiB.");
  });

  it("is refused where its file never ends", () => {
    expect(problemOf({ TOKEN_FILE: "/dev/zero" })).toBe("The file of TOKEN_FILE is larger than 64 KiB.");
  });

  it.each(["", "\n", "\r\n"])("is refused where its file holds nothing: %j", (content) => {
    writeFileSync(file, content);
    expect(problemOf({ TOKEN_FILE: file })).toBe("The file of TOKEN_FILE is empty.");
  });

  it("is refused where the variable and its file are both given, without showing either", () => {
    writeFileSync(file, "canary-4711");
    const problem = problemOf({ TOKEN: "canary-4712", TOKEN_FILE: file });
    expect(problem).toBe("TOKEN and TOKEN_FILE are both set: unset one of them.");
  });

  it("is refused where there is no such file, or a folder", () => {
    expect(problemOf({ TOKEN_FILE: join(folder, "none") })).toBe(
      "The file of TOKEN_FILE cannot be read (ENOENT).",
    );
    expect(problemOf({ TOKEN_FILE: folder })).toBe("The file of TOKEN_FILE cannot be read (EISDIR).");
  });
});

describe("an environment with secret files", () => {
  it("has the secrets under their own names, and everything else as it was", () => {
    writeFileSync(file, "s3cret\n");
    const env = { TOKEN_FILE: file, PORT: "3000", LOG_FILE: file, KEY: "k" };
    const { TOKEN, KEY, PORT, LOG } = withSecretFiles(env, ["TOKEN", "KEY"]);
    expect({ TOKEN, KEY, PORT, LOG }).toEqual({ TOKEN: "s3cret", KEY: "k", PORT: "3000", LOG: undefined });
  });
});
