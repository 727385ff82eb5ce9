import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { newId } from "@tocsin/db/ids";
import { currentCorrelation } from "@tocsin/platform/correlation";
import type { Logger } from "@tocsin/platform/logger";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { processIsolated } from "./process-isolated.ts";
import type { StreamEntry } from "./stream-entry.ts";

/** How many alerts a rule may raise in these tests before its storm begins. */
const limit = 2;

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
let lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [role])));
});

beforeEach(() => {
  lines = [];
});

afterAll(() => test.close());

const write: Logger["info"] = (message, fields) =>
  void lines.push({ message, ...fields, ...currentCorrelation() });
const log: Logger = { error: write, warn: write, info: write, debug() {} };

const process = (entries: readonly StreamEntry[]) =>
  processIsolated({ ...test.pipeline, log, stormDefaults: { limit, windowSeconds: 60 } }, entries);
const linesOf = (message: string) => lines.filter((line) => line["message"] === message);

async function ruleFor(type: string): Promise<string> {
  const rule = await givenRule(ctx, { condition: `event.type == "${type}"`, targetRoles: ["Operator"] });
  return rule.id;
}

/** Stores an event that came with a request. */
async function stored(type: string, requestId: string): Promise<StreamEntry & { eventId: string }> {
  const event = prepareEvent(sendEventInputSchema.parse({ source: "test", type }), requestId);
  await insertEvents(test.services.pool, [event]);
  return { kind: "stored", streamId: `1-${event.id}`, eventId: event.id };
}

describe("the log of the pipeline", () => {
  it("has a line for each alert, under the request of its event, and none for what a storm held back", async () => {
    const ruleId = await ruleFor("log.storm");
    const entries = [];
    for (const requestId of ["request-1", "request-2", "request-3", "request-4"])
      entries.push(await stored("log.storm", requestId));
    await process(entries);
    const alerts = await test.services.db.notification.findMany({ where: { ruleId, kind: "alert" } });
    expect(alerts).toHaveLength(limit);
    const notificationOf = new Map(alerts.map(({ id, eventId }) => [eventId, id]));
    expect(linesOf("An alert was raised")).toEqual(
      entries.slice(0, limit).map(({ eventId }, index) => ({
        ...{ message: "An alert was raised", ruleId, eventId },
        notificationId: notificationOf.get(eventId),
        correlationId: `request-${index + 1}`,
      })),
    );
  });

  it("names an event that cannot be processed, under its request", async () => {
    const ruleId = await ruleFor("log.poison");
    const entry = await stored("log.poison", "request-of-poison");
    const { eventId } = entry;
    // Its decision is written already: the second one cannot be.
    await test.services.db.decisionLog.create({
      data: { eventId, ruleId, ruleVersion: 1, outcome: "alerted", reason: "planted", decidedAt: new Date() },
    });
    await process([entry]);
    expect(linesOf("An event cannot be processed")).toMatchObject([
      { eventId, correlationId: "request-of-poison" },
    ]);
    expect(linesOf("An alert was raised")).toEqual([]);
  });

  it("names an event that could not even be stored, under the request that its entry tells of", async () => {
    const eventId = newId();
    const envelope = {
      ...{ id: eventId, type: "x".repeat(101), source: "test", payload: {}, action: "trigger" as const },
      correlationId: "request-of-entry",
    };
    await process([{ kind: "direct", streamId: "1-99", eventId, envelope }]);
    expect(linesOf("An event cannot be processed")).toMatchObject([
      { eventId, streamId: "1-99", correlationId: "request-of-entry" },
    ]);
  });
});
