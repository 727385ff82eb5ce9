import { createHmac, timingSafeEqual } from "node:crypto";
import type { PusherWebhookInput } from "@tocsin/contracts/api/webhooks";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { hashOf } from "../events/hash.ts";
import { notePresence } from "./note-presence.ts";
import { userOfChannel } from "./presence-key.ts";

/** What proves that Pusher sent it: the body to the byte, and its headers. */
export interface SignedBody {
  text: string;
  key: string | undefined;
  signature: string | undefined;
}

/** Older news are refused, and no news is taken twice within this time. Milliseconds. */
const maximumAgeMs = 300_000;

const presenceOf: Readonly<Record<string, boolean>> = { channel_occupied: true, channel_vacated: false };

/**
 * Takes Pusher's news of who opened or closed their private channel.
 * https://pusher.com/docs/channels/server_api/webhooks/
 * @throws DomainError INVALID_SIGNATURE where it was not signed with our secret or is older than five minutes;
 * UNAVAILABLE while Redis is away: Pusher sends it again
 */
export async function takePusherWebhook(
  ctx: Context,
  input: PusherWebhookInput,
  signed: SignedBody,
): Promise<{ ok: true }> {
  if (!isSigned(ctx, signed)) throw new DomainError("INVALID_SIGNATURE");
  const now = ctx.clock();
  if (Math.abs(now.getTime() - input.time_ms) > maximumAgeMs) {
    throw new DomainError("INVALID_SIGNATURE", {
      detail: "This was signed more than five minutes ago, or ahead",
    });
  }
  const changes = input.events.flatMap(({ name, channel = "" }) => {
    const userId = userOfChannel(channel);
    const isPresent = presenceOf[name];
    return userId === undefined || isPresent === undefined ? [] : [{ userId, isPresent }];
  });
  try {
    if (await isNew(ctx, signed)) {
      await notePresence(ctx.redis, changes, { now, at: new Date(input.time_ms) });
    }
  } catch (cause) {
    throw new DomainError("UNAVAILABLE", { cause });
  }
  return { ok: true };
}

function isSigned({ realtimeKeys }: Context, { text, key, signature = "" }: SignedBody): boolean {
  const expected = createHmac("sha256", realtimeKeys.secret).update(text).digest();
  const given = Buffer.from(signature, "hex");
  return key === realtimeKeys.key && given.length === expected.length && timingSafeEqual(given, expected);
}

async function isNew({ redis }: Context, { text }: SignedBody): Promise<boolean> {
  const key = `tocsin:webhook:${hashOf(text).toString("hex")}`;
  return (await redis.set(key, "1", "PX", 2 * maximumAgeMs, "NX")) === "OK";
}
