import type { Condition } from "../ast.ts";
import { type EvaluationOptions, type EventFacts, readNow } from "../event-facts.ts";
import type { Scope } from "../interpret.ts";
import type { Instant, Value } from "../values.ts";
import { buildIndex, type Candidate, type Steps } from "./build-index.ts";
import { collect, type IndexNode, type Search } from "./index-node.ts";
import { type EventReader, SlotTable } from "./slots.ts";
import { toConjunctions } from "./to-conjunctions.ts";
import { toDirect } from "./to-predicate.ts";

/** A rule as the matcher needs it. */
export interface MatcherRule {
  id: string;
  /** Lower ones come first in the answer. */
  priority: number;
  condition: Condition;
}

/** Rules that are taken apart in one step. */
const rulesInAStep = 4;

/** Fields that the index reads of every event. */
const maximumSlots = 5000;

const nothing: readonly string[] = Object.freeze([]);

/** The event at hand; the time is only worked out where a rule asks for it. */
class CurrentScope implements Scope {
  event: EventFacts = { id: "", type: "", source: "", receivedAt: "", payload: null };
  options: EvaluationOptions | undefined;

  get now(): Instant | undefined {
    return readNow(this.event, this.options);
  }
}

/**
 * Many rules, ready to be held against events. What an event costs depends on the rules that could match it, not on
 * how many there are. A matcher never changes: when rules do, build another and put it in its place.
 */
export class Matcher {
  /** How many rules it holds. */
  readonly size: number;
  readonly #ids: readonly string[];
  readonly #root: IndexNode;
  readonly #read: EventReader;
  readonly #scope = new CurrentScope();
  readonly #values: Value[];
  readonly #search: Search;

  private constructor(ids: readonly string[], root: IndexNode, slots: SlotTable) {
    this.size = ids.length;
    this.#ids = ids;
    this.#root = root;
    this.#read = slots.compileReader();
    this.#values = Array.from({ length: slots.size });
    this.#search = { values: this.#values, scope: this.#scope, ranks: [] };
  }

  /** Builds the index over the rules in one go: about 20 ms for a thousand. */
  static build(rules: readonly MatcherRule[]): Matcher {
    const steps = Matcher.#steps(rules);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  /**
   * Builds the index over the rules, and lets other work be done meanwhile.
   * @param pace called after every step, each well below a millisecond: a promise where it gives way to other work now
   */
  static async buildInSlices(
    rules: readonly MatcherRule[],
    pace: () => Promise<void> | undefined,
  ): Promise<Matcher> {
    const steps = Matcher.#steps(rules);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
      const pause = pace();
      // One step after the other; awaited only where there is something to wait for.
      if (pause) await pause;
    }
  }

  static *#steps(rules: readonly MatcherRule[]): Steps<Matcher> {
    const ordered = rules.toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
    const slots = new SlotTable();
    const candidates: Candidate[] = [];
    for (const [rank, { condition }] of ordered.entries()) {
      // Every field that is read is read of every event: rules beyond so many are evaluated by themselves.
      const conjunctions =
        slots.size < maximumSlots
          ? toConjunctions(condition.root, slots)
          : [[toDirect([condition.root], false)]];
      for (const predicates of conjunctions)
        candidates.push({ rank, predicates, copies: conjunctions.length });
      if (rank % rulesInAStep === rulesInAStep - 1) yield;
    }
    return new Matcher(
      ordered.map(({ id }) => id),
      yield* buildIndex(candidates),
      slots,
    );
  }

  /**
   * The ids of the rules whose condition is true for an event, each once, by priority, then id. Never throws.
   */
  match(event: EventFacts, options?: EvaluationOptions): readonly string[] {
    const { ranks } = this.#search;
    if (ranks.length > 0) ranks.length = 0;
    this.#scope.event = event;
    this.#scope.options = options;
    this.#read(event, this.#values);
    collect(this.#root, this.#search);
    if (ranks.length === 0) return nothing;
    sortRanks(ranks);
    return this.#idsOf(ranks);
  }

  /** A rule stands in the index once for each of its conjunctions, so it may have been found more than once. */
  #idsOf(sorted: readonly number[]): string[] {
    const ids: string[] = [];
    let previous = -1;
    for (const rank of sorted) {
      const id = rank === previous ? undefined : this.#ids[rank];
      if (id !== undefined) ids.push(id);
      previous = rank;
    }
    return ids;
  }
}

/** Matches are few, and then insertion beats a general sort. */
function sortRanks(ranks: number[]): void {
  if (ranks.length > 16) {
    ranks.sort((a, b) => a - b);
    return;
  }
  for (let index = 1; index < ranks.length; index += 1) {
    const rank = ranks[index] ?? 0;
    let place = index;
    for (; place > 0 && (ranks[place - 1] ?? 0) > rank; place -= 1) ranks[place] = ranks[place - 1] ?? 0;
    ranks[place] = rank;
  }
}
