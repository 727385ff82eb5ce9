import { expect, it } from "vitest";
import { splitByRoom } from "./split-by-room.ts";

const withRecipients = (...counts: readonly number[]) =>
  counts.map((count, index) => ({ id: index, recipients: Array.from({ length: count }, String) }));

it.each<[counts: number[], now: number[], later: number[]]>([
  [[0], [0], []],
  [[1999], [0], []],
  [[2000], [0], []],
  [[2001], [], [0]],
  [[1000, 1000], [0, 1], []],
  [[1000, 1001], [0], [1]],
  [[1000, 1001, 1000], [0, 2], [1]],
  [[2001, 2000, 1], [1], [0, 2]],
])("writes at once what fits into 2,000 copies: %j", (counts, now, later) => {
  const split = splitByRoom(withRecipients(...counts));
  expect(split.now.map(({ id }) => id)).toEqual(now);
  expect(split.later.map(({ id }) => id)).toEqual(later);
});
