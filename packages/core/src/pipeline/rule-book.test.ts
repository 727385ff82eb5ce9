import { expect, it } from "vitest";
import { buildDirectory } from "./directory.ts";
import { buildRuleBook, type StoredRule } from "./rule-book.ts";

const directory = buildDirectory([]);
const stored = (id: string, some: Partial<StoredRule> = {}): StoredRule => ({
  id,
  name: id,
  version: 1,
  condition: "event.a == 1",
  titleTemplate: "{{ event.a }}",
  messageTemplate: "m",
  action: { label: "Open", url: "https://example.com/{{ event.a }}" },
  sound: null,
  priority: 3,
  mode: "live",
  dedupKeyTemplate: "{{ event.b }}",
  dedupWindowSeconds: 0,
  stormLimit: null,
  stormWindowSeconds: null,
  stormMode: "digest",
  ackPolicy: "any",
  ackTimeoutSeconds: null,
  targetRoleIds: [],
  escalationRoleIds: [],
  ...some,
});
const facts = (payload: object) => ({
  id: "1",
  type: "t",
  source: "s",
  receivedAt: "2026-03-01T12:00:00Z",
  payload,
});
const never = () => expect.unreachable("All of them compile");

it("compiles only what changed since the book before", () => {
  const before = buildRuleBook([stored("a"), stored("b")], { directory }, never);
  const changed = stored("b", {
    version: 2,
    condition: "event.a == 2",
    titleTemplate: "New",
    dedupKeyTemplate: null,
  });
  const after = buildRuleBook([stored("a"), changed], { directory, known: before.rules }, never);
  const [a, b] = [before.rules.get("a"), before.rules.get("b")];
  expect(after.rules.get("a")?.condition).toBe(a?.condition);
  expect(after.rules.get("a")?.action?.url).toBe(a?.action?.url);
  expect(after.rules.get("b")?.message).toBe(b?.message);
  expect(after.rules.get("b")).toMatchObject({ version: 2, title: { source: "New" }, dedupKey: null });
  expect([1, 2].map((value) => after.matcher.match(facts({ a: value })))).toEqual([["a"], ["b"]]);
});

it("forgets what is gone", () => {
  const before = buildRuleBook([stored("a"), stored("b")], { directory }, never);
  const after = buildRuleBook([stored("b")], { directory, known: before.rules }, never);
  expect([...after.rules.keys()]).toEqual(["b"]);
  expect(after.matcher.match(facts({ a: 1 }))).toEqual(["b"]);
});

it("leaves out a rule that does not compile, and tells which, without stopping the others", () => {
  const broken: string[] = [];
  const rules = [stored("a"), stored("b", { condition: "event.a ==" }), stored("c", { titleTemplate: "{{" })];
  const { matcher } = buildRuleBook(rules, { directory }, (id) => broken.push(id));
  expect([broken, matcher.match(facts({ a: 1 }))]).toEqual([["b", "c"], ["a"]]);
});
