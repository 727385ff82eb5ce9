import { expect, it } from "vitest";
import { fitTexts } from "./fit-texts.ts";

const notification = { title: "A title", message: "A text", truncated: false };

it("texts that fit stay as they are", () => {
  const longest = { ...notification, title: "🔥".repeat(255), message: "🔥".repeat(4000) };
  expect(fitTexts(notification)).toEqual(notification);
  expect(fitTexts(longest)).toEqual(longest);
});

it.each([
  ["title", 255],
  ["message", 4000],
] as const)("a longer %s is cut to %i code points and marked", (field, limit) => {
  const fitted = fitTexts({ ...notification, [field]: `${"🔥".repeat(limit)}x` });
  expect(fitted).toEqual({ ...notification, [field]: "🔥".repeat(limit), truncated: true });
});

it("what was cut before stays marked", () => {
  expect(fitTexts({ ...notification, truncated: true }).truncated).toBe(true);
});
