import { expect, test } from "vitest";
import { aptConfiguration, onlySources } from "./apt-configuration.ts";

test("every folder that apt writes to is inside the given one", () => {
  const folders = aptConfiguration("/work folder")
    .split("\n")
    .filter((line) => line.startsWith("Dir::"));
  expect(folders).toHaveLength(6);
  expect(folders.every((line) => / "\/work folder\//.test(line))).toBe(true);
});

test("with sources of our own neither the machine's sources nor its preferences count", () => {
  const settings = onlySources("/a/folder/only.list").trimEnd().split("\n");
  expect(settings).toEqual([
    'Dir::Etc::sourcelist "/a/folder/only.list";',
    ...["sourceparts", "preferences", "preferencesparts"].map((name) => `Dir::Etc::${name} "/dev/null";`),
  ]);
});
