import { expect, it } from "vitest";
import { UserError } from "../engines/user-error.ts";
import { readDemoOptions } from "./options.ts";

it("has defaults for everything", () => {
  expect(readDemoOptions([])).toEqual({ transfers: 200, rate: 50, isQuiet: false, wantsHelp: false });
});

it("takes what is given", () => {
  expect(readDemoOptions(["--transfers", "0", "--rate=1000", "--quiet"])).toEqual({
    transfers: 0,
    rate: 1000,
    isQuiet: true,
    wantsHelp: false,
  });
  expect(readDemoOptions(["--help"]).wantsHelp).toBe(true);
});

it.each([
  [["--transfers", "2001"], "--transfers must be a whole number from 0 to 2000"],
  [["--transfers=-1"], "--transfers must be"],
  [["--rate", "0"], "--rate must be a whole number from 1 to 1000"],
  [["--rate", "1.5"], "--rate must be"],
  [["--rate"], "see npm run demo -- --help"],
  [["--loud"], "Unknown option '--loud'; see npm run demo -- --help"],
  [["word"], "see npm run demo -- --help"],
])("refuses %j", (args, message) => {
  expect(() => readDemoOptions(args)).toThrow(UserError);
  expect(() => readDemoOptions(args)).toThrow(message);
});
