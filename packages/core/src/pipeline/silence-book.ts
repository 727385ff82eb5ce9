import type { Weekly } from "@tocsin/contracts/api/silences";
import { Matcher, parseStoredCondition } from "@tocsin/rules-dsl";
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
  /** The silence that keeps an event quiet: the oldest of them; null where there is none. */
  silenceOf(event: PipelineEvent): string | null;
}

/** Compiles the silences. One that no longer compiles is handed to `onBroken` and silences nothing. */
export function buildSilenceBook(
  stored: readonly StoredSilence[],
  onBroken: (silenceId: string, error: unknown) => void,
): SilenceBook {
  const times = new Map<string, SilenceTimes>();
  const conditions = stored.flatMap(({ id, condition, ...some }) => {
    try {
      const parsed = { id, priority: 0, condition: parseStoredCondition(condition) };
      times.set(id, some);
      return [parsed];
    } catch (error) {
      onBroken(id, error);
      return [];
    }
  });
  const matcher = Matcher.build(conditions);
  return {
    silenceOf(event) {
      if (times.size === 0) return null;
      const holds = (id: string) => {
        const own = times.get(id);
        return own !== undefined && isInForce(own, event.receivedAt);
      };
      return matcher.match(event).find(holds) ?? null;
    },
  };
}
