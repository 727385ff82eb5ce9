import { eventStreamKey } from "@tocsin/contracts/stream";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestServices } from "../testing/test-services.ts";
import { type BacklogWatch, judgeBacklog, watchBacklog } from "./backlog-watch.ts";
import { createEventIntake } from "./event-intake.ts";
import { prepareEvent } from "./prepare-event.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let watch: BacklogWatch;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(async () => {
  await watch.stop();
  await test.close();
});

it.each([
  ["one entry below its length", { length: 9, oldestSeconds: 59.9 }, null],
  ["at its length", { length: 10, oldestSeconds: 0 }, "10 events wait to be processed"],
  ["at its age", { length: 1, oldestSeconds: 60 }, "Events have waited to be processed for 60 s"],
])("a backlog %s", (_what, state, reason) => {
  expect(judgeBacklog(state, { streamLength: 10, oldestSeconds: 60 })).toBe(reason);
});

it("without limits is never too long", () => {
  expect(judgeBacklog({ length: 1e9, oldestSeconds: 1e9 }, { streamLength: 0, oldestSeconds: 0 })).toBeNull();
});

it("refuses events with 503 while too much waits in the stream, stores none of them, and takes them again", async () => {
  const { redis, log, pool, db } = test.services;
  watch = watchBacklog({ redis, log }, { streamLength: 3, oldestSeconds: 0 });
  const intake = createEventIntake({ pool, redis, log, backlogLimit: 100, backlogReason: watch.reason });
  const send = async () => {
    const event = prepareEvent({ type: "a.b", source: "test", payload: {}, action: "trigger" }, null);
    return intake.accept(event);
  };
  const ids = [(await send()).id, (await send()).id, (await send()).id];
  await eventually(() => expect(watch.reason()).toBe("3 events wait to be processed"));
  await expect(send()).rejects.toMatchObject({
    ...{ code: "UNAVAILABLE", message: "3 events wait to be processed", retryAfterSeconds: 5 },
  });
  expect(await db.event.count()).toBe(ids.length);

  await redis.xtrim(eventStreamKey, "MAXLEN", 2);
  await eventually(() => expect(watch.reason()).toBeNull());
  expect(await send()).toMatchObject({ duplicate: false });
});
