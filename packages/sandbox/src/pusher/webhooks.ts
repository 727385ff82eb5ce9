import { setTimeout as delay } from "node:timers/promises";
import type { ChannelEvent } from "./channels.ts";
import { sign } from "./signature.ts";
import type { PusherCredentials } from "./signature.ts";

export interface WebhookOptions {
  /** Nothing is sent without. */
  url: string | undefined;
  credentials: PusherCredentials;
  /** How long a channel must stay empty, or a member away, before it is told (ms). */
  vacatedDelayMs?: number;
  /** The pause before the first repetition (ms); it doubles each time. */
  retryDelayMs?: number;
}

/** Tells the application which channels are occupied and who is present. */
export interface Webhooks {
  notify(event: ChannelEvent): void;
  /** Gives up what is not sent yet. */
  close(): void;
}

/** Pusher waits as well, so that a short loss of the connection is no news. */
const VACATED_DELAY_MS = 3_000;
const RETRY_DELAY_MS = 1_000;
const MAXIMUM_RETRY_DELAY_MS = 60_000;
const GIVE_UP_AFTER_MS = 300_000;
const TIMEOUT_MS = 5_000;
/** Enough for a stand-in; Pusher names no limit. */
const MAXIMUM_EVENTS = 100;

/** Sends webhooks one after another, in order: https://pusher.com/docs/channels/server_api/webhooks/ */
export function createWebhooks(options: WebhookOptions): Webhooks {
  const { url, vacatedDelayMs = VACATED_DELAY_MS } = options;
  if (url === undefined) return { notify: () => undefined, close: () => undefined };
  const queue: ChannelEvent[] = [];
  const leaving = new Map<string, NodeJS.Timeout>();
  const closing = new AbortController();
  let isSending = false;

  const send = async (): Promise<void> => {
    if (isSending) return;
    isSending = true;
    while (queue.length > 0 && !closing.signal.aborted) {
      await deliver(queue.splice(0, MAXIMUM_EVENTS), url, options, closing.signal);
    }
    isSending = false;
  };
  const enqueue = (event: ChannelEvent): void => {
    queue.push(event);
    void send();
  };

  return {
    notify(event) {
      const subject = "user_id" in event ? `${event.channel} ${event.user_id}` : event.channel;
      const timer = leaving.get(subject);
      leaving.delete(subject);
      if (event.name === "channel_vacated" || event.name === "member_removed") {
        const tell = () => {
          leaving.delete(subject);
          enqueue(event);
        };
        leaving.set(subject, setTimeout(tell, vacatedDelayMs));
      } else if (timer === undefined) {
        enqueue(event);
      }
      // Back within the delay: neither the leaving nor the return is news.
      clearTimeout(timer);
    },
    close() {
      closing.abort();
      for (const timer of leaving.values()) clearTimeout(timer);
      leaving.clear();
    },
  };
}

/** Repeats until the application answers 2xx, or five minutes are over. */
async function deliver(
  events: ChannelEvent[],
  url: string,
  { credentials, retryDelayMs = RETRY_DELAY_MS }: WebhookOptions,
  closing: AbortSignal,
): Promise<void> {
  const startedAt = Date.now();
  const body = JSON.stringify({ time_ms: startedAt, events });
  const headers = {
    "Content-Type": "application/json",
    "X-Pusher-Key": credentials.key,
    "X-Pusher-Signature": sign(credentials.secret, body),
  };
  let pauseMs = retryDelayMs;
  while (!(await post(url, { headers, body }, closing))) {
    if (closing.aborted) return;
    if (Date.now() - startedAt > GIVE_UP_AFTER_MS) {
      console.error(`Gave up a webhook of ${events.length} events: ${url} did not take it for five minutes`);
      return;
    }
    await delay(pauseMs, undefined, { signal: closing }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, MAXIMUM_RETRY_DELAY_MS);
  }
}

async function post(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string },
  closing: AbortSignal,
): Promise<boolean> {
  try {
    const signal = AbortSignal.any([closing, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "manual" });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
