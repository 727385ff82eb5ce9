import { createHmac } from "node:crypto";
import type { PusherWebhookInput } from "@tocsin/contracts/api/webhooks";
import { userChannel } from "@tocsin/contracts/realtime";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServices } from "../testing/test-services.ts";
import { findPresent } from "./find-present.ts";
import { reconcilePresence } from "./reconcile-presence.ts";
import { takePusherWebhook } from "./take-pusher-webhook.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(() => test.close());

const isPresent = async (userId: string) => (await findPresent(test.services, [userId])).has(userId);

function newsOf(name: string, channel: string, agoMs = 0): PusherWebhookInput {
  return { time_ms: Date.now() - agoMs, events: [{ name, channel }] };
}

/** Takes news as Pusher signs them, unless told otherwise. */
function take(news: PusherWebhookInput, some: { key?: string; signature?: string; text?: string } = {}) {
  const text = some.text ?? JSON.stringify(news);
  const signature = createHmac("sha256", "secret").update(JSON.stringify(news)).digest("hex");
  const ctx = test.contextOf({ type: "anonymous" });
  return takePusherWebhook(ctx, news, { text, key: "key", signature, ...some });
}

describe("Pusher's news", () => {
  it("tell who has a screen open", async () => {
    const userId = newId();
    await take(newsOf("channel_occupied", userChannel(userId), 1000));
    expect(await isPresent(userId)).toBe(true);
    await take(newsOf("channel_vacated", userChannel(userId)));
    expect(await isPresent(userId)).toBe(false);
  });

  it("that overtook each other change nothing: the later one counts", async () => {
    const userId = newId();
    await take(newsOf("channel_vacated", userChannel(userId)));
    await take(newsOf("channel_occupied", userChannel(userId), 2000));
    expect(await isPresent(userId)).toBe(false);
  });

  it("are refused with one bit wrong, without a signature, or with another key", async () => {
    const news = newsOf("channel_occupied", userChannel(newId()));
    const tampered = JSON.stringify(news).replace("occupied", "occupiec");
    for (const wrong of [{ text: tampered }, { signature: "" }, { signature: "00" }, { key: "other" }]) {
      await expect(take(news, wrong)).rejects.toMatchObject({ code: "INVALID_SIGNATURE" });
    }
  });

  it("are refused five minutes later, and just taken before", async () => {
    const old = newsOf("channel_occupied", userChannel(newId()), 301_000);
    await expect(take(old)).rejects.toMatchObject({ code: "INVALID_SIGNATURE" });
    expect(await take(newsOf("channel_occupied", userChannel(newId()), 295_000))).toEqual({ ok: true });
  });

  it("that come twice count once: what happened in between stays", async () => {
    const userId = newId();
    const vacated = newsOf("channel_vacated", userChannel(userId));
    await take(vacated);
    await test.services.redis.zadd("tocsin:presence", Date.now() + 60_000, userId);
    await take(vacated);
    expect(await isPresent(userId)).toBe(true);
  });

  it("of other channels, or of other kinds, mean nothing", async () => {
    const userId = newId();
    await take(newsOf("channel_occupied", `presence-user-${userId}`));
    await take(newsOf("member_added", userChannel(userId)));
    expect(await isPresent(userId)).toBe(false);
  });
});

describe("asking Pusher who is there", () => {
  it("finds whose news got lost, by one worker at a time", async () => {
    const userId = newId();
    await test.services.redis.del("tocsin:presence:turn");
    const ask = () =>
      reconcilePresence(test.services, async () => [userChannel(userId), "private-other"], 60_000);
    expect([await ask(), await ask()]).toEqual([1, null]);
    expect(await isPresent(userId)).toBe(true);
  });

  it("who is not known to be there counts as absent, also while Redis is away", async () => {
    expect(await isPresent(newId())).toBe(false);
    const redis = { zmscore: () => Promise.reject(new Error("down")) };
    expect(await findPresent({ ...test.services, redis: redis as never }, [newId()])).toEqual(new Set());
  });
});
