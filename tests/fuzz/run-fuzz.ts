import * as fc from "fast-check";
import { createRandom } from "@tocsin/sandbox/random";
import { residentMegabytes } from "../../bench/system/cpu-time.ts";
import type { System } from "../support/system.ts";
import type { FuzzRequest } from "./fuzz-request.ts";
import { judge } from "./judge.ts";
import { judgeMalformed, malformedNames, sendMalformed } from "./malformed.ts";
import { restRequest } from "./rest-request.ts";
import { closeConnections, type Sent, send, toWire, type WireRequest } from "./send.ts";
import { countTables } from "./table-counts.ts";
import { restTargets, type Target, trpcTargets } from "./targets.ts";
import { trpcRequest } from "./trpc-request.ts";
import { createWorld, type World } from "./world.ts";

/** One kind of wrong answer, with the smallest request that was seen to bring it about. */
export interface Find {
  /** The operation or procedure: POST /api/v1/rules, trpc rules.create. */
  target: string;
  /** Others that gave the same; seen by chance, not looked for. */
  others: Set<string>;
  violation: string;
  request: WireRequest | undefined;
  status: number | undefined;
  answer: string;
  seed: number;
  /** The number of the request in the run. */
  step: number;
}

/** An answer that was late twice in a row. */
export interface SlowAnswer {
  target: string;
  request: WireRequest;
  milliseconds: number;
}

/** What a run came to. */
export interface FuzzSummary {
  requests: number;
  /** How often each operation or procedure was asked. */
  asked: ReadonlyMap<string, number>;
  statuses: ReadonlyMap<number, number>;
  finds: readonly Find[];
  slow: readonly SlowAnswer[];
  slowest: number;
  /** The API's memory in the course of the run. Megabytes. */
  memory: readonly number[];
}

export interface FuzzOptions {
  system: System;
  seed: number;
  /** No request is made after this many milliseconds; every target is asked once even so. */
  forMs: number;
  /** How many requests a target is asked in a row; without it as many as a longer run asks. */
  inARow?: number;
  /** Told of each find as it is made, and now and then how far the run is. */
  onFind?: (find: Find) => void;
  onProgress?: (summary: FuzzSummary) => void;
}

/** How many requests one target is asked in a row, where nothing else is said. */
const usualInARow = 12;

/** How long a smaller request is looked for. Milliseconds. */
const shrinkForMs = 5_000;

/** What is late. Milliseconds. */
const late = 1_000;

/** How often progress is told. Milliseconds. */
const tellEvery = 10_000;

/** Asks every operation and procedure what it must refuse, round after round, and holds each answer to what was promised. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzSummary> {
  const { system, seed, forMs } = options;
  const world = await createWorld(system);
  const run = new Run(options, world);
  const targets: Target[] = [...restTargets(), ...trpcTargets()];
  const until = performance.now() + forMs;
  for (let round = 0; round === 0 || performance.now() < until; round += 1) {
    if (round > 0) await world.refresh();
    for (const target of shuffled(targets, seed + round)) {
      if (round > 0 && performance.now() >= until) break;
      await run.ask(target, seedOf(seed, round, target.name));
      if (run.isOver()) return run.summary();
    }
    await run.askMalformed();
    run.sampleMemory();
  }
  closeConnections();
  return run.summary();
}

/** The same for the same run, round and target. */
function seedOf(seed: number, round: number, name: string): number {
  return Array.from(name).reduce(
    (hash, letter) => (Math.imul(hash, 31) + letter.charCodeAt(0)) | 0,
    seed + round * 7919,
  );
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = createRandom(seed);
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** What a wrong answer is told apart by, whichever route gave it: quoted values vary, and what each route documents. */
function kindOf(violation: string): string {
  return violation.replaceAll(/[;,] (?:found|expected|rows) .*/g, "").slice(0, 200);
}

class WrongAnswer extends Error {
  readonly kind: string;
  readonly find: Find;

  constructor(kind: string, find: Find) {
    super(find.violation);
    this.kind = kind;
    this.find = find;
  }
}

class Run {
  readonly #options: FuzzOptions;
  readonly #world: World;
  readonly #finds = new Map<string, Find>();
  readonly #slow: SlowAnswer[] = [];
  readonly #asked = new Map<string, number>();
  readonly #statuses = new Map<number, number>();
  readonly #memory: number[] = [];
  #requests = 0;
  #slowest = 0;
  #toldAt = performance.now();
  #exit: string | undefined;

  constructor(options: FuzzOptions, world: World) {
    this.#options = options;
    this.#world = world;
    this.sampleMemory();
    void options.system.api().exited.then((code) => (this.#exit ??= String(code)));
  }

  /** Whether there is nobody left to ask. */
  isOver(): boolean {
    return this.#exit !== undefined;
  }

  /** Asks one target some requests in a row; what is found wrong is made as small as it gets. */
  async ask(target: Target, seed: number): Promise<void> {
    const requests = target.kind === "rest" ? restRequest(target) : trpcRequest(target);
    let kind: string | undefined;
    const property = fc.asyncProperty(requests, async (asked) => {
      if (this.isOver()) return;
      const wrong = await this.#askOnce(target, asked);
      // Only smaller requests of the same kind are of use; others are found in their own time.
      if (!wrong || (kind !== undefined && wrong.kind !== kind)) return;
      kind = wrong.kind;
      throw wrong;
    });
    const details = await fc.check(property, {
      seed,
      numRuns: this.#options.inARow ?? usualInARow,
      plugins: [fc.interruptAfterTimeLimit(shrinkForMs)],
    });
    if (details.errorInstance instanceof WrongAnswer) {
      this.#keep(details.errorInstance.kind, details.errorInstance.find);
    } else if (details.failed)
      throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
    if (performance.now() - this.#toldAt >= tellEvery) {
      this.#toldAt = performance.now();
      this.sampleMemory();
      this.#options.onProgress?.(this.summary());
    }
  }

  /** @returns what is wrong with the answer and was not found before */
  async #askOnce(target: Target, asked: FuzzRequest): Promise<WrongAnswer | undefined> {
    const { wire, sent, before } = await this.#sendKnown(target, asked);
    this.#count(target, sent);
    const violations = sent.exchange ? judge(target, asked, sent.exchange) : (sent.failure ?? []);
    const written = await this.#writtenDespite(sent, before);
    if (this.#exit !== undefined) return this.#wrong(target, wire, sent, `the API ended with ${this.#exit}`);
    await this.#noteLate(target, wire, sent);
    const wrong = [violations, written].flat().map((violation) => this.#wrong(target, wire, sent, violation));
    for (const { kind } of wrong) this.#finds.get(kind)?.others.add(target.name);
    return wrong.find(({ kind }) => !this.#finds.has(kind));
  }

  /** Sends a request as its caller; one whose session was ended by an earlier request gets another. */
  async #sendKnown(
    target: Target,
    asked: FuzzRequest,
  ): Promise<{ wire: WireRequest; sent: Sent; before: string }> {
    const { system } = this.#options;
    const once = async () => {
      const before = await countTables(system.db);
      const wire = toWire(asked, this.#world);
      return { wire, sent: await send(system.url, wire), before };
    };
    const first = await once();
    if (first.sent.exchange?.status !== 401 || asked.caller === "stranger" || target.isPublic) return first;
    await this.#world.renew(asked.caller);
    const second = await once();
    if (second.sent.exchange?.status !== 401) return second;
    return {
      ...second,
      sent: { ...second.sent, exchange: undefined, failure: "who is known is answered with 401" },
    };
  }

  async #writtenDespite({ exchange }: Sent, before: string): Promise<string[]> {
    if (!exchange || exchange.status < 400) return [];
    const after = await countTables(this.#options.system.db);
    return before === after ? [] : [`it was refused and has written: rows were ${before} and are ${after}`];
  }

  async #noteLate(target: Target, request: WireRequest, sent: Sent): Promise<void> {
    this.#slowest = Math.max(this.#slowest, sent.milliseconds);
    if (sent.milliseconds <= late) return;
    // Other work on the machine is late once.
    const again = await send(this.#options.system.url, request);
    if (again.milliseconds <= late) return;
    this.#slow.push({
      target: target.name,
      request,
      milliseconds: Math.min(sent.milliseconds, again.milliseconds),
    });
  }

  #wrong(target: Target, request: WireRequest, { exchange, failure }: Sent, violation: string): WrongAnswer {
    return new WrongAnswer(kindOf(violation), {
      target: target.name,
      others: new Set(),
      violation,
      request,
      status: exchange?.status,
      answer: exchange ? exchange.body.toString().slice(0, 600) : (failure ?? ""),
      seed: this.#options.seed,
      step: this.#requests,
    });
  }

  #keep(kind: string, find: Find): void {
    if (this.#finds.has(kind)) return;
    this.#finds.set(kind, find);
    this.#options.onFind?.(find);
  }

  #count(target: Target, { exchange }: Sent): void {
    this.#requests += 1;
    this.#asked.set(target.name, (this.#asked.get(target.name) ?? 0) + 1);
    const status = exchange?.status ?? 0;
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  /** Sends what is no HTTP, and looks whether the API still answers after each. */
  async askMalformed(): Promise<void> {
    const { system, seed } = this.#options;
    for (const name of malformedNames) {
      if (this.isOver()) return;
      const answer = await sendMalformed(system.url, name);
      this.#requests += 1;
      const health = await send(system.url, { method: "GET", path: "/health", headers: [], body: undefined });
      const violations = [
        ...judgeMalformed(answer),
        ...(health.exchange?.status === 200 ? [] : ["/health does not answer 200 after it"]),
      ];
      for (const violation of violations) {
        const target = `raw: ${name}`;
        this.#keep(`${target}: ${kindOf(violation)}`, {
          ...{ target, others: new Set<string>(), violation, request: undefined, status: undefined },
          ...{ answer: answer.slice(0, 600), seed, step: this.#requests },
        });
      }
    }
  }

  sampleMemory(): void {
    if (!this.isOver()) this.#memory.push(residentMegabytes(this.#options.system.api().pid));
  }

  summary(): FuzzSummary {
    return {
      requests: this.#requests,
      asked: this.#asked,
      statuses: this.#statuses,
      finds: [...this.#finds.values()],
      slow: this.#slow,
      slowest: this.#slowest,
      memory: this.#memory,
    };
  }
}
