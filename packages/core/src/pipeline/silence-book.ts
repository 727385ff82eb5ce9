import type { Weekly } from "@tocsin/contracts/api/silences";
import { Matcher, type MatcherRule, parseStoredCondition } from "@tocsin/rules-dsl";
import { createPace } from "../pace.ts";
import { isInForce, type SilenceTimes } from "../silences/is-in-force.ts";
import type { PipelineEvent } from "./load-events.ts";

/** A silence as the database holds it. */
export interface StoredSilence {
  id: string;
  condition: string;
  startsAt: Date;
  endsAt: Date | null;
  weekly: Weekly | null;
}

/** Every silence that may hold, ready to be held against events. */
export interface SilenceBook {
  /** There is none. */
  isEmpty: boolean;
  /**
   * The silence that keeps an event quiet: the oldest of them; null where there is none.
   * @param at when it is to hold; left out: when the event came
   */
  silenceOf(event: PipelineEvent, at?: Date): string | null;
}

/**
 * Compiles the silences, and lets other work be done meanwhile. One that no longer compiles is handed to `onBroken` and
 * silences nothing.
 */
export async function buildSilenceBook(
  stored: readonly StoredSilence[],
  onBroken: (silenceId: string, error: unknown) => void,
): Promise<SilenceBook> {
  const times = new Map<string, SilenceTimes>();
  const conditions: MatcherRule[] = [];
  const pace = createPace();
  for (const { id, condition, ...some } of stored) {
    // One after the other, giving way in between.
    await pace();
    try {
      conditions.push({ id, priority: 0, condition: parseStoredCondition(condition) });
      times.set(id, some);
    } catch (error) {
      onBroken(id, error);
    }
  }
  const matcher = await Matcher.buildInSlices(conditions, pace);
  return {
    isEmpty: times.size === 0,
    silenceOf(event, at = event.receivedAt) {
      if (times.size === 0) return null;
      const holds = (id: string) => {
        const own = times.get(id);
        return own !== undefined && isInForce(own, at);
      };
      return matcher.match(event).find(holds) ?? null;
    },
  };
}
