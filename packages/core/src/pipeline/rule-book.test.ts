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

it("compiles only what changed since the book before", async () => {
  const before = await buildRuleBook([stored("a"), stored("b")], { directory }, never);
  const changed = stored("b", {
    version: 2,
    condition: "event.a == 2",
    titleTemplate: "New",
    dedupKeyTemplate: null,
  });
  const after = await buildRuleBook([stored("a"), changed], { directory, known: before.rules }, never);
  const [a, b] = [before.rules.get("a"), before.rules.get("b")];
  expect(after.rules.get("a")?.condition).toBe(a?.condition);
  expect(after.rules.get("a")?.action?.url).toBe(a?.action?.url);
  expect(after.rules.get("b")?.message).toBe(b?.message);
  expect(after.rules.get("b")).toMatchObject({ version: 2, title: { source: "New" }, dedupKey: null });
  expect([1, 2].map((value) => after.matcher.match(facts({ a: value })))).toEqual([["a"], ["b"]]);
});

it("forgets what is gone", async () => {
  const before = await buildRuleBook([stored("a"), stored("b")], { directory }, never);
  const after = await buildRuleBook([stored("b")], { directory, known: before.rules }, never);
  expect([...after.rules.keys()]).toEqual(["b"]);
  expect(after.matcher.match(facts({ a: 1 }))).toEqual(["b"]);
});

it("leaves out a rule that does not compile, and tells which, without stopping the others", async () => {
  const broken: string[] = [];
  const rules = [stored("a"), stored("b", { condition: "event.a ==" }), stored("c", { titleTemplate: "{{" })];
  const { matcher } = await buildRuleBook(rules, { directory }, (id) => broken.push(id));
  expect([broken, matcher.match(facts({ a: 1 }))]).toEqual([["b", "c"], ["a"]]);
});

it("builds many large rules in slices: nothing else waits for long, and each is held against events", async () => {
  const pairs = (rule: number) =>
    Array.from({ length: 28 }, (_, part) => `(event.a == "${rule}" || event.b${part} == "y")`).join(" && ");
  const rules = Array.from({ length: 200 }, (_, rule) => stored(`r${rule}`, { condition: pairs(rule) }));
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  const { matcher } = await buildRuleBook(rules, { directory }, never);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
  expect(matcher.match(facts({ a: "7" }))).toEqual(["r7"]);
});

it("a rule that is larger than is taken by now is held against events all the same", async () => {
  const patterns = Array.from({ length: 60 }, (_, part) => `event.a matches '^${part}.{900}$'`).join(" || ");
  const { matcher } = await buildRuleBook([stored("a", { condition: patterns })], { directory }, never);
  expect(matcher.match(facts({ a: `7${"x".repeat(900)}` }))).toEqual(["a"]);
});
