import { readFileSync } from "node:fs";

/** The last non-empty lines of a log; none when the file cannot be read. */
export function readLastLines(file: string, count: number): string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-count);
  } catch {
    return [];
  }
}
