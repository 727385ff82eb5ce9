import { setTimeout as wait } from "node:timers/promises";
import type { PusherServer } from "@tocsin/sandbox/pusher/server";

/** How often the stand-in's list is read: it keeps the last few hundred calls. Milliseconds. */
const readEvery = 100;

/** The events that Pusher was told of, with the time of the first call. */
export interface PusherCalls {
  /** Milliseconds since 1970, by event id. */
  times: ReadonlyMap<string, number>;
  stop: () => Promise<void>;
}

/** Notes when Pusher's stand-in is told of each event. */
export function notePusherCalls(pusher: PusherServer): PusherCalls {
  const times = new Map<string, number>();
  const read = () => {
    for (const { at, body } of pusher.requests) {
      for (const [, id = ""] of body.matchAll(/eventId\\*":\\*"([0-9a-f-]{36})/g)) {
        if (!times.has(id)) times.set(id, Date.parse(at));
      }
    }
  };
  let isStopped = false;
  const reading = (async () => {
    while (!isStopped) {
      read();
      await wait(readEvery);
    }
  })();
  return {
    times,
    async stop() {
      isStopped = true;
      await reading;
      read();
    },
  };
}
