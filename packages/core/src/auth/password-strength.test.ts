import { expect, it } from "vitest";
import { isWeakPassword } from "./password-strength.ts";

it.each([
  "password123456",
  "a".repeat(1024),
  "abab".repeat(256),
  "abcabcabc".repeat(100),
  "password1".repeat(113),
  "aaaaaaaaaaaaaaaaaaaaaaab",
  "qwertyuiop1234567890",
  "tocsin-admin",
  "Tocsin-Admin-2026",
  "T0cs1n-Adm1n!",
  "Summer2026!!!",
  "Winter-2025-2026",
  "Frühling2026!!",
  "fru\u0308hling2026!!",
  "January2026!!",
  "Ａｄｍｉｎｉｓｔｒａｔｏｒ２０２６",
  "Tocsin!Operator#123",
  "company2026admin",
  "Change-me-2026!",
  "septembre-2026-mardi",
])("%s is weak", (password) => {
  expect(isWeakPassword(password, "someone@example.org")).toBe(true);
});

it.each([
  "correct horse battery staple",
  "k3!vQz8#Lm2@pW",
  `unrelated words before a long tail of xs ${"x".repeat(900)}`,
  "tocsin lanterns over wet gravel",
  "summer k3!vQz8#Lm2",
  "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich",
])("%s is not", (password) => {
  expect(isWeakPassword(password, "someone@example.org")).toBe(false);
});

it("what is known about the account is worth nothing, repeated neither", () => {
  const email = "ada.lovelace@example.com";
  for (const password of ["ada.lovelace@example.com", "adalovelace", "lovelace".repeat(20)])
    expect([password, isWeakPassword(password, email)]).toEqual([password, true]);
  expect(isWeakPassword("unrelated staple ladder fjord", "x".repeat(100_000))).toBe(false);
});
