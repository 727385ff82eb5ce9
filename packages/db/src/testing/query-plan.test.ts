import { describe, expect, it } from "vitest";
import { tableAccesses } from "./query-plan.ts";

const nothing = { table: null, type: null, key: null, rows: null };

describe("a plan, as MySQL 9.7 tells it", () => {
  it.each([
    {
      sql: "SELECT id FROM event WHERE type = 'a' ORDER BY receivedAt DESC LIMIT 3",
      lines: [
        {
          ...{ table: "event", type: "ref", key: "event_type_receivedAt_idx", rows: 1 },
          Extra: "Backward index scan; Using index",
        },
      ],
      accesses: [
        {
          ...{ table: "event", kind: "lookup", index: "event_type_receivedAt_idx", estimatedRows: 1 },
          ...{ sorts: false, usesTemporaryTable: false },
        },
      ],
    },
    {
      sql: "SELECT correlationId, COUNT(*) FROM event GROUP BY correlationId ORDER BY 2",
      lines: [
        { table: "event", type: "ALL", key: null, rows: 400, Extra: "Using temporary; Using filesort" },
      ],
      accesses: [
        {
          ...{ table: "event", kind: "whole table", index: null, estimatedRows: 400 },
          ...{ sorts: true, usesTemporaryTable: true },
        },
      ],
    },
    {
      sql: "DELETE FROM audit_log WHERE `timestamp` < NOW() ORDER BY `timestamp` LIMIT 10",
      lines: [
        { table: "audit_log", type: "range", key: "audit_log_timestamp_idx", rows: 1, Extra: "Using where" },
      ],
      accesses: [
        {
          ...{ table: "audit_log", kind: "range", index: "audit_log_timestamp_idx", estimatedRows: 1 },
          ...{ sorts: false, usesTemporaryTable: false },
        },
      ],
    },
    {
      sql: "SELECT id FROM event WHERE id = 'a'",
      lines: [{ ...nothing, Extra: "no matching row in const table" }],
      accesses: [],
    },
  ])("is read of $sql", ({ lines, accesses }) => {
    expect(tableAccesses(lines)).toEqual(accesses);
  });
});

describe("a plan, as MariaDB 10.11 tells it", () => {
  it("is read of a derived table that is joined, and its own result is told apart from stored tables", () => {
    // SELECT id FROM (SELECT id FROM event WHERE type = 'a' ORDER BY receivedAt DESC LIMIT 3) AS x
    //   JOIN decision_log ON decision_log.eventId = x.id
    const accesses = tableAccesses([
      {
        ...{ table: "decision_log", type: "index", key: "decision_log_ruleId_decidedAt_idx", rows: "7" },
        Extra: "Using index",
      },
      { table: "<derived2>", type: "ref", key: "key0", rows: "2", Extra: "" },
      {
        ...{ table: "event", type: "ref", key: "event_type_receivedAt_idx", rows: "1" },
        Extra: "Using where; Using index",
      },
    ]);
    expect(accesses.map(({ table, kind, estimatedRows }) => [table, kind, estimatedRows])).toEqual([
      ["decision_log", "whole index", 7],
      ["<derived2>", "result", 2],
      ["event", "lookup", 1],
    ]);
  });

  it("tells that the rows of a join are sorted", () => {
    const [first, second] = tableAccesses([
      {
        ...{ table: "e", type: "ref", key: "event_type_receivedAt_idx", rows: "1" },
        Extra: "Using where; Using index; Using temporary; Using filesort",
      },
      {
        ...{ table: "n", type: "ALL", key: null, rows: "1" },
        Extra: "Using where; Using join buffer (flat, BNL join)",
      },
    ]);
    expect(first).toMatchObject({ sorts: true, usesTemporaryTable: true });
    expect(second).toMatchObject({ kind: "whole table", sorts: false, usesTemporaryTable: false });
  });
});

describe("a plan with a kind of access that nobody knows", () => {
  it("is refused: it might read everything", () => {
    const line = { table: "event", type: "guess", key: null, rows: 1, Extra: null };
    expect(() => tableAccesses([line])).toThrow("The plan's access guess of event is not known.");
  });
});
