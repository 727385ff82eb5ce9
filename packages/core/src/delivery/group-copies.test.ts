import { expect, it } from "vitest";
import { groupCopies } from "./group-copies.ts";

const place = (notificationId: string, userId: string) => ({ notificationId, userId });

it("gathers notifications that the same people got, in whatever order they are named", () => {
  expect(
    groupCopies([place("n1", "a"), place("n1", "b"), place("n2", "b"), place("n2", "a"), place("n3", "a")]),
  ).toEqual([
    { notificationIds: ["n1", "n2"], userIds: ["a", "b"] },
    { notificationIds: ["n3"], userIds: ["a"] },
  ]);
});

it("never gathers a copy that was not named", () => {
  const groups = groupCopies([place("n1", "a"), place("n2", "b")]);
  const found = groups.flatMap(({ notificationIds, userIds }) =>
    notificationIds.flatMap((id) => userIds.map((userId) => `${id}:${userId}`)),
  );
  expect(found).toEqual(["n1:a", "n2:b"]);
});
