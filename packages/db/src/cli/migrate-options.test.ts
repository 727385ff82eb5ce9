import { describe, expect, it } from "vitest";
import { CommandError } from "./database-url.ts";
import { readMigrateOptions } from "./migrate-options.ts";

const read = (line: string) => readMigrateOptions(line.split(" ").filter((word) => word !== ""));

describe("the options of npm run db:migrate", () => {
  it.each([
    ["", { do: "apply" }],
    ["--status", { do: "status" }],
    ["--repair --continue --help", { do: "help" }],
    ["--repair", { do: "explain" }],
    ["--repair --continue", { do: "continue" }],
    ["--continue --from 3 --repair", { do: "continue", from: 3 }],
    ["--repair --continue --from=12", { do: "continue", from: 12 }],
    ["--repair --rolled-back", { do: "mark rolled back" }],
    ["--repair --applied", { do: "mark applied" }],
  ])("%j", (line, command) => {
    expect(read(line)).toEqual(command);
  });

  it.each([
    ["--fix", /^Unknown option '--fix'; see --help\.$/],
    ["now", /^Unexpected argument 'now'/],
    ["--repair --from 3", /^--from goes with --continue/],
    ["--continue", /^--continue goes with --repair/],
    ["--applied", /^--applied goes with --repair/],
    ["--repair --applied --rolled-back", /takes one of/],
    ["--repair --status", /takes one of/],
    ["--repair --continue --from 0", /number of a statement/],
    ["--repair --continue --from 1e3", /number of a statement/],
    ["--repair --continue --from", /--from.*; see --help\.$/],
  ])("%j is refused in one line and changes nothing", (line, message) => {
    expect(() => read(line)).toThrow(CommandError);
    expect(() => read(line)).toThrow(message);
  });
});
