import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  conditionLimits,
  evaluateCondition,
  type EventFacts,
  Matcher,
  parseCondition,
  parseTemplate,
  renderTemplate,
  templateLimits,
} from "./index.ts";
import {
  additiveOperators,
  arithmeticOperators,
  comparisonOperators,
  functionNames,
  logicalOperators,
  multiplicativeOperators,
  textOperatorNames,
  wordOperators,
} from "./vocabulary.ts";

const text = readFileSync(new URL("../../../docs/rule-language.md", import.meta.url), "utf8");
const grammar = readFileSync(new URL("grammar.ebnf", import.meta.url), "utf8");

/** The lines of all fenced blocks of a language. */
function blocks(language: string): string[] {
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"));
  return Array.from(found, ([, body = ""]) => body.trimEnd());
}

/** The words in quotes of a rule of the grammar. */
function terminalsOf(rule: string): Set<string> {
  const [body = ""] = new RegExp(`^${rule} +=[^;]*`, "m").exec(grammar.replaceAll(/\(\*.*?\*\)/g, "")) ?? [];
  return new Set(Array.from(body.matchAll(/"([^"]+)"/g), ([, word = ""]) => word));
}

const event = JSON.parse(blocks("json event")[0] ?? "") as EventFacts;

const examples = blocks("rules").flatMap((block) =>
  block.split("\n").map((line) => line.split("→").map((part) => part.trim()) as [string, string]),
);

describe("docs/rule-language.md", () => {
  it.each(examples)("%s is %s", (condition, truth) => {
    const parsed = parseCondition(condition);
    expect(evaluateCondition(parsed, event)).toBe(truth);
    const matcher = Matcher.build([{ id: "example", priority: 3, condition: parsed }]);
    expect(matcher.match(event)).toEqual(truth === "true" ? ["example"] : []);
  });

  it.each([
    ...[
      ...comparisonOperators,
      ...arithmeticOperators,
      ...Object.values(logicalOperators).flat(),
      "not",
      "!",
    ],
    ...wordOperators,
    ...["in [", "not in", "not between", "not contains", "not matches", "== null", "!= null"],
    ...[...functionNames, "exists"].map((name) => `${name}(`),
  ])("has an example of %s", (feature) => {
    expect(examples.some(([condition]) => condition.includes(feature))).toBe(true);
  });

  const errors = blocks("rules-errors").flatMap((block) =>
    block.split(/\n(?!→)/).map((pair) => pair.split("\n→ ") as [string, string]),
  );
  it.each(errors)("refuses %s", (condition, message) => {
    expect(() => parseCondition(condition)).toThrow(message);
  });

  const templates = blocks("templates").flatMap((block) =>
    block.split("\n").map((line) => line.split(" → ") as [string, string]),
  );
  it.each(templates)("renders %s as %s", (template, rendered) => {
    expect(renderTemplate(parseTemplate(template), event)).toBe(rendered);
  });

  it("names the limits that the code has", () => {
    for (const limit of [...Object.values(conditionLimits), templateLimits.valueCharacters]) {
      expect(text).toContain(String(limit));
    }
  });

  it.each([
    ["relation", comparisonOperators],
    ["text search", ["not", ...textOperatorNames]],
    ["operand", additiveOperators],
    ["term", multiplicativeOperators],
    ["disjunction", logicalOperators.or],
    ["conjunction", logicalOperators.and],
    ["call", [...functionNames, "exists"].flatMap((name) => [name, "(", ")"])],
  ])("has every word that the parser takes in its grammar, in the rule %s", (rule, words) => {
    expect(terminalsOf(rule)).toEqual(new Set(words));
  });

  it("prints the grammar that the package publishes", () => {
    expect(text).toContain(grammar);
  });
});
