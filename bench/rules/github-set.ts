import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, type Random } from "../random.ts";
import type { Predicate, RuleSpec } from "./rule-spec.ts";

/*
 * The GitHub set: real webhook payloads (data/README.md) and rules that a team would write about them, generated from
 * a fixed seed in six shapes whose constants are values of the payloads.
 */

interface Webhook {
  name: string;
  event: string;
  payload: Record<string, unknown>;
}

function readWebhooks(): Webhook[] {
  const text = readFileSync(join(import.meta.dirname, "../data/github-webhooks.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Webhook);
}

/** The JSON texts of the payloads as events of type `github.<event>`. */
export function readGithubEvents(): string[] {
  return readWebhooks().map(({ name, event, payload }) =>
    JSON.stringify({
      id: name,
      type: `github.${event}`,
      source: "github",
      receivedAt: "2026-03-01T12:00:00.000Z",
      payload,
    }),
  );
}

/** The texts that some payloads have at a path. */
function textsAt(webhooks: readonly Webhook[], path: readonly string[]): string[] {
  const texts = webhooks.flatMap(({ payload }) => {
    let value: unknown = payload;
    for (const name of path) value = (value as Record<string, unknown> | null | undefined)?.[name];
    return typeof value === "string" ? [value] : [];
  });
  return [...new Set(texts)];
}

/** Rules over the payloads. */
export function generateGithubRules(count: number, seed: number): RuleSpec[] {
  const webhooks = readWebhooks();
  const random = createRandom(seed);
  const texts = (...path: string[]) => textsAt(webhooks, path);
  const shapes = createShapes(
    webhooks.map(({ event }) => `github.${event}`),
    {
      actions: texts("action"),
      logins: [...texts("sender", "login"), "a-colleague", "a-newcomer", "a-bot"],
      names: texts("repository", "full_name"),
      languages: [...texts("repository", "language"), "Go", "Rust", "Python"],
    },
  );
  return Array.from({ length: count }, (_, index) => ({
    id: `rule-${String(index).padStart(6, "0")}`,
    priority: 1 + (index % 5),
    all: shapes[index % shapes.length]?.(random) ?? [],
  }));
}

type Shape = (random: Random) => Predicate[];

const field = (...path: string[]) => ["payload", ...path];

function createShapes(
  types: readonly string[],
  { actions, logins, names, languages }: Record<"actions" | "logins" | "names" | "languages", string[]>,
): Shape[] {
  const type = (random: Random): Predicate => ({
    operator: "equal",
    path: ["type"],
    value: random.pick(types),
  });
  return [
    (random) => [type(random), { operator: "equal", path: field("action"), value: random.pick(actions) }],
    (random) => [
      { operator: "equal", path: field("sender", "login"), value: random.pick(logins) },
      { operator: "equal", path: field("repository", "private"), value: random.below(2) === 0 },
    ],
    (random) => [
      {
        operator: "startsWith",
        path: field("repository", "full_name"),
        value: random.pick(names).slice(0, 12),
      },
      { operator: "in", path: field("action"), values: [random.pick(actions), random.pick(actions)] },
    ],
    (random) => [
      type(random),
      { operator: "atLeast", path: field("repository", "open_issues_count"), value: random.below(50) },
      { operator: "notEqual", path: field("sender", "type"), value: "Bot" },
    ],
    (random) => [
      { operator: "exists", path: field("organization") },
      { operator: "equal", path: field("repository", "language"), value: random.pick(languages) },
      { operator: "equal", path: field("action"), value: random.pick(actions) },
    ],
    (random) => [
      {
        operator: "in",
        path: field("repository", "language"),
        values: [random.pick(languages), random.pick(languages)],
      },
      { operator: "atLeast", path: field("repository", "stargazers_count"), value: 10 + random.below(1000) },
    ],
  ];
}
