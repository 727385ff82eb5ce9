import { setTimeout as delay } from "node:timers/promises";
import type { ApiClient } from "./api-client.ts";
import { readEventResult } from "./expected-alerts.ts";
import type { EventResult } from "./expected-alerts.ts";
import { runPaced } from "./run-paced.ts";

/** Well below the API's own limit of requests in a minute. */
const PACE = { rate: 200, concurrency: 10 };
const PAUSE_MS = 250;
const WITHOUT_PROGRESS_MS = 30_000;

/**
 * Asks the API what became of the events until that is final for all of them.
 *
 * @returns the last known result of each event; not final where nothing changed for half a minute.
 */
export async function awaitResults(
  api: ApiClient,
  eventIds: readonly string[],
): Promise<Map<string, EventResult>> {
  const results = new Map<string, EventResult>();
  let open = [...eventIds];
  let lastProgress = performance.now();
  while (open.length > 0 && performance.now() - lastProgress < WITHOUT_PROGRESS_MS) {
    await runPaced(open, PACE, async (id) => {
      results.set(id, readEventResult(await api.get(`/events/${id}`)));
    });
    const stillOpen = open.filter((id) => !(results.get(id)?.isFinal ?? false));
    if (stillOpen.length < open.length) lastProgress = performance.now();
    open = stillOpen;
    if (open.length > 0) await delay(PAUSE_MS);
  }
  return results;
}
