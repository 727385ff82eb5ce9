import {
  type EventFacts,
  evaluateCondition,
  Matcher,
  type MatcherRule,
  parseCondition,
} from "@tocsin/rules-dsl";
import { cpuMicroseconds, heapBytes, measureInTurn, median } from "../measure.ts";
import { atLeast, atMost, type BenchResult, type Row, type Target } from "../report.ts";
import { generateGithubRules, readGithubEvents } from "./github-set.ts";
import { celJs } from "./peers/cel-js.ts";
import type { Contender } from "./peers/contender.ts";
import { filtrex } from "./peers/filtrex.ts";
import { jsonLogicEngine } from "./peers/json-logic-engine.ts";
import { jsonRulesEngine } from "./peers/json-rules-engine.ts";
import { type RuleSpec, toConditionText } from "./rule-spec.ts";
import { generateTransferEvents, generateTransferRules } from "./transfer-set.ts";

const eventSeed = 1;
const ruleSeed = 2;
const eventCount = 50_000;
const rounds = 7;

/** How many events the brute-force libraries get: they would take minutes for all of them. */
const peerEvents: readonly { rules: number; events: number }[] = [
  { rules: 100, events: 2000 },
  { rules: 1000, events: 300 },
  { rules: 10_000, events: 30 },
];

/** Events of a set as JSON texts, and rules to hold against them. */
interface Work {
  texts: readonly string[];
  specs: readonly RuleSpec[];
}

/** Costs in µs of CPU an event, parsing included. */
interface Cost {
  floor: number;
  total: number;
  matches: number;
}

/**
 * What matching costs beside JSON.parse of the same events, how that grows with the rules, what building takes, and
 * how other libraries do on the same work.
 */
export async function runRules(): Promise<BenchResult> {
  const rows: Row[] = [];
  const targets: Target[] = [];
  const texts = generateTransferEvents(eventCount, eventSeed);
  const costs = new Map<number, Cost>();
  for (const [rules, share] of [
    [100, 0.8],
    [1000, 0.7],
    [10_000, 0.45],
    [50_000, 0.25],
  ] as const) {
    console.log(`  ${rules} rules, ${eventCount} transfer events`);
    const cost = await measureMatcher(
      { texts, specs: generateTransferRules(rules, ruleSeed) },
      rows,
      `transfers, ${rules} rules`,
    );
    costs.set(rules, cost);
    targets.push(atLeast(`transfers, ${rules} rules: share of JSON.parse`, share, cost.floor / cost.total));
  }
  console.log("  200 rules, GitHub payloads");
  const github = readGithubEvents();
  const many = Array.from({ length: 50 }, () => github).flat();
  const githubCost = await measureMatcher(
    { texts: many, specs: generateGithubRules(200, ruleSeed) },
    rows,
    "GitHub payloads, 200 rules",
  );
  targets.push(
    atLeast("GitHub payloads, 200 rules: share of JSON.parse", 0.7, githubCost.floor / githubCost.total),
  );
  await measureBuild(rows, targets);
  await measurePeers(texts, costs, rows, targets);
  return { bench: "rules", databases: [], rows, targets };
}

function toRules(specs: readonly RuleSpec[]): MatcherRule[] {
  return specs.map((spec) => ({
    id: spec.id,
    priority: spec.priority,
    condition: parseCondition(toConditionText(spec)),
  }));
}

async function measureMatcher({ texts, specs }: Work, rows: Row[], name: string): Promise<Cost> {
  const rules = toRules(specs);
  const matcher = Matcher.build(rules);
  verify(matcher, rules, texts);
  // What building left behind is not part of matching.
  heapBytes();
  let matches = 0;
  const parseOnly = () => {
    for (const text of texts) JSON.parse(text);
  };
  const parseAndMatch = () => {
    matches = 0;
    for (const text of texts) matches += matcher.match(JSON.parse(text) as EventFacts).length;
  };
  const [floor = 0, total = 0] = await measureInTurn([parseOnly, parseAndMatch], rounds);
  const cost = { floor: floor / texts.length, total: total / texts.length, matches: matches / texts.length };
  rows.push(
    { case: `${name}: JSON.parse alone`, value: cost.floor, unit: "µs/event", floorRatio: 1 },
    {
      case: `${name}: JSON.parse + match`,
      value: cost.total,
      unit: "µs/event",
      floorRatio: cost.floor / cost.total,
    },
    { case: `${name}: matches`, value: cost.matches, unit: "per event" },
  );
  return cost;
}

/** The interpreter must find the same rules in a sample of the work. */
function verify(matcher: Matcher, rules: readonly MatcherRule[], texts: readonly string[]): void {
  const sampled = Math.max(3, Math.min(texts.length, Math.floor(200_000 / rules.length)));
  for (const text of texts.slice(0, sampled)) {
    const event = JSON.parse(text) as EventFacts;
    const expected = rules.filter((rule) => evaluateCondition(rule.condition, event) === "true");
    const found = matcher.match(event);
    if (found.length !== expected.length || !expected.every(({ id }) => found.includes(id))) {
      throw new Error(`The matcher and the interpreter disagree on ${text}`);
    }
  }
}

/** Build time and memory of ten thousand rules, and what replacing one of them over and over does to the heap. */
async function measureBuild(rows: Row[], targets: Target[]): Promise<void> {
  console.log("  building 10000 rules");
  const specs = generateTransferRules(10_000, ruleSeed);
  const parseTime = await cpuMicroseconds(() => toRules(specs));
  const rules = toRules(specs);
  const before = heapBytes();
  let matcher = Matcher.build(rules);
  const bytes = heapBytes() - before;
  const times: number[] = [];
  for (let update = 0; update < 20; update += 1) {
    const condition = parseCondition(`event.payload.accountId == "acc-${update}"`);
    rules[update] = { id: `rule-${String(update).padStart(6, "0")}`, priority: 1, condition };
    const started = performance.now();
    matcher = Matcher.build(rules);
    times.push(performance.now() - started);
  }
  const growth = heapBytes() - before - bytes;
  if (matcher.size !== rules.length) throw new Error("A rule was lost");
  const build = median(times);
  rows.push(
    { case: "parsing 10000 conditions", value: parseTime / 1000, unit: "ms" },
    { case: "building 10000 rules after one of them changed", value: build, unit: "ms" },
    { case: "longest of 20 such builds", value: Math.max(...times), unit: "ms" },
    { case: "memory of 10000 rules", value: bytes / 2 ** 20, unit: "MB" },
    { case: "heap growth over 20 builds", value: growth / 2 ** 20, unit: "MB" },
  );
  targets.push(
    atMost("building 10000 rules, parsing included, ms", 1000, build + parseTime / 1000),
    atMost("memory of 10000 rules, MB", 25, bytes / 2 ** 20),
    atMost("heap growth over 20 builds, MB", 3, growth / 2 ** 20),
  );
}

const contenders: readonly Contender[] = [filtrex, celJs, jsonLogicEngine, jsonRulesEngine];

async function measurePeers(
  texts: readonly string[],
  costs: ReadonlyMap<number, Cost>,
  rows: Row[],
  targets: Target[],
): Promise<void> {
  for (const { rules, events } of peerEvents) {
    const specs = generateTransferRules(rules, ruleSeed);
    const sample = texts.slice(0, events);
    const expected = countMatches(sample, specs);
    const cost = costs.get(rules);
    for (const contender of contenders) {
      // Ten thousand rules take json-rules-engine seconds for an event.
      if (contender === jsonRulesEngine && rules > 1000) continue;
      console.log(`  ${rules} rules, ${contender.name}`);
      const own = await measurePeer(contender, { texts: sample, specs }, expected);
      if (!cost) continue;
      rows.push({
        case: `transfers, ${rules} rules: ${contender.name}`,
        value: own,
        unit: "µs/event",
        floorRatio: cost.floor / own,
        peerRatio: own / cost.total,
      });
      const least = contender === filtrex ? { 100: 5, 1000: 80 }[rules] : undefined;
      if (least)
        targets.push(
          atLeast(`transfers, ${rules} rules: times faster than filtrex`, least, own / cost.total),
        );
    }
  }
}

function countMatches(texts: readonly string[], specs: readonly RuleSpec[]): number {
  const matcher = Matcher.build(toRules(specs));
  return texts.reduce((count, text) => count + matcher.match(JSON.parse(text) as EventFacts).length, 0);
}

/** µs of CPU an event, parsing included. The peer must find as many matches as we do. */
async function measurePeer(contender: Contender, { texts, specs }: Work, expected: number): Promise<number> {
  const match = contender.prepare(specs);
  let matches = 0;
  const pass = async () => {
    matches = 0;
    for (const text of texts) matches += await match(JSON.parse(text) as EventFacts);
  };
  const [time = 0] = await measureInTurn([pass], 3);
  if (matches !== expected) {
    throw new Error(`${contender.name} found ${matches} matches where there are ${expected}`);
  }
  return time / texts.length;
}
