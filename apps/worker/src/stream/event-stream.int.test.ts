import { eventStreamKey } from "@tocsin/contracts/stream";
import { readEntry } from "@tocsin/core/pipeline/stream-entry";
import { testRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EventStream, openEventStream } from "./event-stream.ts";

let database: Awaited<ReturnType<typeof testRedisDatabase>>;
let redis: Redis;
let stream: EventStream;

beforeAll(async () => {
  database = await testRedisDatabase();
  redis = new Redis(database.url);
  stream = openEventStream({ blocking: redis, plain: redis }, "reader");
});

afterAll(async () => {
  await redis.quit();
  await database.release();
});

it("tells text from bytes that are no UTF-8, by whichever way an entry comes", async () => {
  const event = (source: Buffer) =>
    Buffer.concat([Buffer.from('{"type":"a.b","source":"'), source, Buffer.from('"}')]);
  await redis.xadd(eventStreamKey, "*", "event", event(Buffer.from("Zürich")));
  await redis.xadd(eventStreamKey, "*", "event", event(Buffer.from("Zürich", "latin1")));
  const ways = [
    await stream.readNew(10, 1),
    await stream.readUnfinished(10),
    await stream.claimAbandoned(10, 0),
  ];
  for (const entries of ways) {
    expect(entries.map(readEntry)).toMatchObject([
      { kind: "direct", envelope: { source: "Zürich" } },
      { kind: "unreadable", error: "The entry is not UTF-8" },
    ]);
  }
});
