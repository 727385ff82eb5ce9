import type { Pool } from "@tocsin/db/pool";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { columnOf, givenPastEvent, givenRow, pastId } from "../testing/given-past.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { RetentionPolicy } from "./retention-policy.ts";
import { previewRetention, runRetention } from "./run-retention.ts";
import { takeTurn } from "./take-turn.ts";

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
const policy: RetentionPolicy = {
  ...{ eventDays: 30, deadLetterDays: 30, notificationDays: 90, openAlertDays: 365, deliveryDays: 30 },
  ...{ deletionDays: 30, sessionDays: 30, dedupDays: 30, auditDays: 365 },
};
const forEver = Object.fromEntries(
  Object.keys(policy).map((name) => [name, 0]),
) as unknown as RetentionPolicy;

let test: Awaited<ReturnType<typeof createTestServices>>;
let pool: Pool;

beforeAll(async () => {
  test = await createTestServices();
  ({ pool } = test.services);
});

afterAll(() => test.close());

beforeEach(async () => {
  for (const table of ["event", "audit_log", "dead_letter"]) await pool.query(`DELETE FROM ${table}`);
});

async function givenPast(days: number): Promise<void> {
  const at = daysAgo(days);
  const eventId = await givenPastEvent(pool, at, { status: "dead" });
  await givenRow(pool, "dead_letter", {
    ...{ id: pastId(at), eventId, error: "e", attempts: 8, status: "discarded", createdAt: at, closedAt: at },
  });
  await givenPastEvent(pool, at);
  await givenRow(pool, "audit_log", {
    ...{ id: newId(), action: "a", actorType: "system", resourceType: "rule", timestamp: at },
  });
}

describe("a run of retention", () => {
  it("deletes what the preview says, each kind by its own days, and nothing when it is run again", async () => {
    for (const days of [29, 31, 366]) await givenPast(days);
    const preview = await previewRetention({ pool, policy });
    expect(preview.get("events")).toBe(4);
    expect(preview.get("closed dead letters")).toBe(2);
    expect(preview.get("audit lines")).toBe(1);
    expect(await runRetention({ pool, policy })).toEqual(preview);
    expect(await columnOf<number>(pool, "event", "COUNT(*)")).toEqual([2]);
    const again = await runRetention({ pool, policy });
    expect([...(again?.values() ?? [])].every((rows) => rows === 0)).toBe(true);
  });

  it("keeps what is kept for ever", async () => {
    await givenPast(10_000);
    expect(await runRetention({ pool, policy: forEver })).toEqual(new Map());
    expect(await columnOf<number>(pool, "event", "COUNT(*)")).toEqual([2]);
  });

  it("takes turns with other processes", async () => {
    await givenPast(31);
    const refused = await takeTurn(pool, () => runRetention({ pool, policy }));
    expect(refused).toBeNull();
    expect(await columnOf<number>(pool, "event", "COUNT(*)")).toEqual([2]);
    const reports = await Promise.all([runRetention({ pool, policy }), runRetention({ pool, policy })]);
    expect(reports.map((report) => report?.get("events") ?? 0).toSorted((a, b) => a - b)).toEqual([0, 2]);
  });

  it("gives the turn back where it fails, and ends early when it is told to", async () => {
    const failing = takeTurn(pool, () => Promise.reject(new Error("The database went away")));
    await expect(failing).rejects.toThrow("The database went away");
    await givenPast(31);
    const stopped = await runRetention({ pool, policy }, { signal: AbortSignal.abort() });
    expect([...(stopped?.values() ?? [])].every((rows) => rows === 0)).toBe(true);
    const progress: [string, number][] = [];
    await runRetention({ pool, policy }, { onProgress: (kind, rows) => void progress.push([kind, rows]) });
    expect(progress).toContainEqual(["events", 2]);
  });
});
