import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** The top folder of the repository. */
export const ROOT = resolve(import.meta.dirname, "../..");

/** Every file that is in the repository or would be with the next commit; paths from the top folder. */
export function repositoryFiles(): string[] {
  const output = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  return output.split("\n").filter((path) => path !== "");
}

/** Whether .gitignore keeps the path out: something that is made, not written. */
export function isIgnored(path: string): boolean {
  try {
    execFileSync("git", ["check-ignore", "--quiet", path], { cwd: ROOT });
    return true;
  } catch {
    return false;
  }
}

/** A file of the repository as text; the path is from the top folder. */
export function readText(path: string): string {
  return readFileSync(resolve(ROOT, path), "utf8");
}
