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

const text = readFileSync(new URL("../../../docs/rule-language.md", import.meta.url), "utf8");
const grammar = readFileSync(new URL("grammar.ebnf", import.meta.url), "utf8");

/** The lines of all fenced blocks of a language. */
function blocks(language: string): string[] {
  const found = text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"));
  return Array.from(found, ([, body = ""]) => body.trimEnd());
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
    ...["==", "!=", "<", "<=", ">", ">=", "&&", "||", "and", "or", "not", "!", "+", "-", "*", "/", "%"],
    ...["in [", "not in", "between", "not between", "contains", "not contains", "startsWith", "endsWith"],
    ...["matches", "not matches", "== null", "!= null"],
    ...["lower(", "len(", "abs(", "now()", "decimal(", "exists("],
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

  it("prints the grammar that the package publishes", () => {
    expect(text).toContain(grammar);
  });
});
