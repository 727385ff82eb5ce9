import bcrypt from "bcrypt";
import { expect, it } from "vitest";
import { hashPassword, verifyPassword } from "./hash-password.ts";

const composed = "quiet h\u00e9rons by the weir";
const decomposed = "quiet he\u0301rons by the weir";
const fullWidth = "\uff51uiet h\u00e9rons by the weir";

it("a password opens its account however a keyboard composes its letters", async () => {
  const hash = await hashPassword(decomposed);
  expect(await verifyPassword(composed, hash)).toBe(true);
  expect(await verifyPassword(fullWidth, hash)).toBe(true);
  expect(await verifyPassword("quiet herons by the weir", hash)).toBe(false);
});

it("a hash that was made of what was typed, before there was one form, still opens its account", async () => {
  const earlier = await bcrypt.hash(decomposed, 4);
  expect(await verifyPassword(decomposed, earlier)).toBe(true);
  expect(await verifyPassword("quiet herons by the weir", earlier)).toBe(false);
});

it("without a hash no password is right", async () => {
  expect(await verifyPassword(decomposed, undefined)).toBe(false);
});
