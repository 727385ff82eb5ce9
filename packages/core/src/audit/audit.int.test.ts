import { type AuditFilter, listAuditInputSchema } from "@tocsin/contracts/api/audit";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { actorOf, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { exportAudit } from "./export-audit.ts";
import { listAudit } from "./list-audit.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
const [ada, ben] = [newId(), newId()];
const thing = newId();
const start = Date.UTC(2026, 0, 1);

beforeAll(async () => {
  test = await createTestServices();
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [])));
  await test.services.db.auditLog.createMany({
    data: Array.from({ length: 5_000 }, (_, index) => ({
      id: newId(),
      action: index % 2 ? "rule.updated" : "role.updated",
      actorType: "user",
      userId: index % 3 ? ada : ben,
      resourceType: index % 2 ? "rule" : "role",
      resourceId: index === 7 ? thing : newId(),
      // Several lines of one millisecond.
      timestamp: new Date(start + Math.floor(index / 4) * 1000),
    })),
  });
});

afterAll(() => test.close());

const list = (some: object) => listAudit(ctx, listAuditInputSchema.parse({ limit: 100, ...some }));

async function exported(filter: AuditFilter): Promise<{ id: string; timestamp: Date }[]> {
  const rows = [];
  for await (const chunk of exportAudit(ctx, filter)) rows.push(...chunk);
  return rows;
}

describe("the audit log", () => {
  it("is read newest first, page by page, each line once", async () => {
    const ids: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await list({ action: "rule.updated", ...(cursor && { cursor }) });
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(ids).toHaveLength(2_500);
    expect(new Set(ids).size).toBe(2_500);
    expect(ids).toEqual((await exported({ action: "rule.updated" })).map(({ id }) => id));
  });

  it.each([
    ["by person", { userId: ben }, 1_667],
    ["by kind of thing", { resourceType: "role" }, 2_500],
    ["by thing", { resourceType: "rule", resourceId: thing }, 1],
    [
      "by time",
      { from: new Date(start + 10_000).toISOString(), to: new Date(start + 20_000).toISOString() },
      40,
    ],
  ])("is filtered %s", async (_by, filter, expected) => {
    expect((await list(filter)).total).toBe(expected);
    expect(await exported(filter)).toHaveLength(expected);
  });

  it("is exported whole, newest first", async () => {
    const rows = await exported({});
    const times = rows.map(({ timestamp }) => timestamp.getTime());
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
    expect(rows).toHaveLength(await test.services.db.auditLog.count());
  });

  it("refuses a cursor that is none of its own", async () => {
    for (const cursor of ["x", `${new Date().toISOString()}~x`, newId()]) {
      await expect(list({ cursor })).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    }
  });
});
