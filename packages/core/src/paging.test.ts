import { describe, expect, it } from "vitest";
import { cursorId, offsetOf, toPage } from "./paging.ts";

const rows = ["a", "b", "c"].map((id) => ({ id }));

describe("toPage", () => {
  it("says where the next page starts while there is one", () => {
    expect(toPage(rows, { page: 1, limit: 2 }, 3)).toEqual({
      items: [{ id: "a" }, { id: "b" }],
      page: 1,
      limit: 2,
      total: 3,
      nextCursor: "b",
    });
  });

  it("ends at the last row", () => {
    expect(toPage(rows, { page: 1, limit: 3 }, 3).nextCursor).toBeNull();
  });

  it("counts nothing behind a cursor", () => {
    expect(toPage([], { page: 1, limit: 2, cursor: "x" }, undefined)).toEqual({
      items: [],
      limit: 2,
      nextCursor: null,
    });
  });
});

it("leaves out the rows of the pages before, and none behind a cursor", () => {
  expect(offsetOf({ page: 3, limit: 20 })).toBe(40);
  expect(offsetOf({ page: 3, limit: 20, cursor: "x" })).toBe(0);
});

it("refuses a cursor that is not an id", () => {
  expect(() => cursorId("1 OR 1=1")).toThrow("nextCursor");
});
