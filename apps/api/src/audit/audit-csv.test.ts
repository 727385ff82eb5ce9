import type { ExportedLine } from "@tocsin/core/audit/export-audit";
import { describe, expect, it } from "vitest";
import { auditCsv } from "./audit-csv.ts";

const line: ExportedLine = {
  id: "0198c0de-0000-7000-8000-000000000000",
  action: "rule.updated",
  userId: null,
  actorType: "user",
  actorLabel: "ada@example.com",
  resourceType: "rule",
  resourceId: null,
  metadata: null,
  before: '{"active":false}',
  after: null,
  requestId: null,
  ip: "203.0.113.7",
  timestamp: new Date("2026-01-01T00:00:00.000Z"),
};

async function csvOf(...lines: Readonly<Record<string, string | null>>[]): Promise<string> {
  async function* chunks() {
    yield lines.map((some) => ({ ...line, ...some }));
  }
  let text = "";
  for await (const piece of auditCsv(chunks())) text += piece;
  return text;
}

describe("the audit log as CSV", () => {
  it("has a header, CRLF ends, and JSON in quotes", async () => {
    expect(await csvOf({})).toBe(
      "timestamp,action,actorType,userId,actorLabel,resourceType,resourceId,metadata,before,after,requestId,ip,id\r\n" +
        '2026-01-01T00:00:00.000Z,rule.updated,user,,ada@example.com,rule,,,"{""active"":false}",,,203.0.113.7,' +
        "0198c0de-0000-7000-8000-000000000000\r\n",
    );
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])("makes no formula of %j", async (actorLabel) => {
    const [, cells = ""] = (await csvOf({ actorLabel })).split("\r\n");
    expect(cells).toMatch(/,"?'/);
  });

  it("keeps quotes, commas and line breaks within their cell", async () => {
    expect(await csvOf({ actorLabel: 'a "b", c\nd' })).toContain('"a ""b"", c\nd"');
  });
});
