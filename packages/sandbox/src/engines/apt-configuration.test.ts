import { expect, test } from "vitest";
import { aptConfiguration } from "./apt-configuration.ts";

test("every folder that apt writes to is inside the given one", () => {
  const folders = aptConfiguration("/work folder")
    .split("\n")
    .filter((line) => line.startsWith("Dir::"));
  expect(folders).toHaveLength(6);
  expect(folders.every((line) => / "\/work folder\//.test(line))).toBe(true);
});
