import { expect, it } from "vitest";
import { looksLike } from "./look-alike.ts";

it.each([
  ["Admin", "admin"],
  ["Admin", "ADMIN"],
  ["Admin", "\u0410dmin"],
  ["Admin", "\u0430dm\u0456n"],
  ["Admin", "\uff21\uff44\uff4d\uff49\uff4e"],
  ["Admin", "Adrnin"],
  ["Admin", "Ad\u200dmin"],
  ["Operator", "0perat0r"],
  ["Billing", "BiIIing"],
  ["Zo\u00eb", "Zoe\u0308"],
  ["On call", "On\u00a0 call"],
])("%s looks like %s", (one, other) => {
  expect([looksLike(one, other), looksLike(other, one)]).toEqual([true, true]);
});

it.each([
  ["Admin", "Admins"],
  ["Team 1", "Team 2"],
  ["Operator", "Operations"],
  ["Zoe", "Zo\u00eb"],
  ["\u092d\u0941\u0917\u0924\u093e\u0928", "\u0e01\u0e32\u0e23\u0e40\u0e07\u0e34\u0e19"],
])("%s does not look like %s", (one, other) => {
  expect([looksLike(one, other), looksLike(other, one)]).toEqual([false, false]);
});
