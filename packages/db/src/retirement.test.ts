import type { Connection } from "mariadb";
import { expect, it } from "vitest";
import { createRetirement } from "./retirement.ts";

const readOnly = Object.assign(new Error("read-only"), { errno: 1290 });

/** What a connection is known by. */
const connection = (): Connection => ({ info: {} }) as Connection;

function given(greatestAgeMs = 100_000) {
  let time = 0;
  const retirement = createRetirement(greatestAgeMs, () => time);
  return { retirement, pass: (milliseconds: number) => void (time += milliseconds) };
}

it("gives a connection up when it is too old, and a little earlier at random", () => {
  const { retirement, pass } = given(100_000);
  const one = connection();
  expect(retirement.isDue(one)).toBe(false);
  pass(79_999);
  expect(retirement.isDue(one)).toBe(false);
  pass(20_001);
  expect(retirement.isDue(one)).toBe(true);
  expect(retirement.isDue(connection())).toBe(false);
});

it("gives up every connection that was open when one of them met a read-only server", () => {
  const { retirement, pass } = given();
  const [met, other] = [connection(), connection()];
  expect([retirement.isDue(met), retirement.isDue(other)]).toEqual([false, false]);
  pass(1);
  retirement.noteError(met, readOnly);
  expect([retirement.isDue(met), retirement.isDue(other)]).toEqual([true, true]);
  expect(retirement.isDue(connection())).toBe(false);
});

it("finds what the driver threw under what was made of it", () => {
  const { retirement } = given();
  const one = connection();
  retirement.noteError(one, new Error("failed", { cause: readOnly }));
  expect(retirement.isDue(one)).toBe(true);
});

it("renews all connections at most once a second while the server stays read-only", () => {
  const { retirement, pass } = given();
  const [first, second] = [connection(), connection()];
  retirement.isDue(first);
  retirement.noteError(first, readOnly);
  pass(500);
  retirement.isDue(second);
  retirement.noteError(connection(), readOnly);
  expect(retirement.isDue(second)).toBe(false);
  pass(500);
  retirement.noteError(connection(), readOnly);
  expect(retirement.isDue(second)).toBe(true);
});

it("keeps a connection after any other error", () => {
  const { retirement } = given();
  const one = connection();
  retirement.noteError(one, Object.assign(new Error("deadlock"), { errno: 1213 }));
  retirement.noteError(one, new Error("no number"));
  expect(retirement.isDue(one)).toBe(false);
});
