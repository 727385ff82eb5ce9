import fc from "fast-check";
import type { ConditionNode, LiteralNode, OperandNode, PathNode, Span } from "../ast.ts";
import { Decimal, parseDecimal } from "../decimal.ts";
import type { EventFacts } from "../event-facts.ts";
import {
  arithmeticOperators,
  comparisonOperators,
  type FunctionName,
  functionNames,
  functions,
  textOperatorNames,
} from "../vocabulary.ts";
import { rawNumber } from "./raw-number.ts";

/** Generated nodes stand nowhere. */
const span: Span = { start: 0, end: 0 };

/** Few fields and few values, so that conditions and events meet. */
const fieldNames = [
  "amount",
  "country",
  "flag",
  "tags",
  "at",
  "money",
  "nested",
  "ünïcode",
  "odd name",
  "__proto__",
  "constructor",
  "toString",
];
const texts = [
  "",
  "a",
  "ab",
  "abc",
  "DE",
  "de",
  "0.1",
  "1e400",
  "2026-01-01",
  "2026-01-01T00:00:05Z",
  "💥é",
  'q"\\\n',
];
const numbers = [
  0, 1, 2, 3, 9007199254740992, -1, 0.1, 0.2, 2.5, 100, 1e21, 1e308, -1e308, 5e-324, 9007199254740991,
];
/** Digits that no double holds, close to what the conditions name. */
const exactNumbers = [
  "9007199254740993",
  "-9007199254740993",
  "0.1000000000000000055",
  "0.9999999999999999999",
  "1.00000000000000000001",
  "1000000000000000000001",
  "4.9e-324",
];
const rawNumbers = exactNumbers.map(rawNumber);
const decimals = exactNumbers.flatMap((digits) => parseDecimal(digits) ?? []);
const hostileNumbers = [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const patterns = ["a", "^a", "b$", "[0-9]+", "(?i)de", "^(a|ab)(c|bcd)*$", "\\p{L}", "."];
const instants = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 1, 0, 0, 5), Date.UTC(2025, 11, 31)];
const durations = [0, 1, 5000, 90_000, 86_400_000];

/** Longer than what `matches` searches. */
const hugeText = "ab".repeat(15_000);

/** Most draws are from a few, so that a bound is met exactly and two predicates meet on one field. */
function mostly<Item>(usual: readonly Item[], all: readonly Item[]): fc.Arbitrary<Item> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...usual) },
    { weight: 2, arbitrary: fc.constantFrom(...all) },
  );
}

const fieldName = mostly(["amount", "country"], fieldNames);
const text = mostly(["a", "ab", "DE"], texts);
const number = mostly([0, 1, 2], numbers);

const literal = (value: LiteralNode["value"]): LiteralNode => ({ kind: "literal", value, span });

const path: fc.Arbitrary<PathNode> = fc
  .oneof(
    { weight: 6, arbitrary: fieldName.map((name) => [name]) },
    { weight: 2, arbitrary: fieldName.map((name) => ["payload", name]) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom("nested", "tags"), fc.constantFrom("a", "0", "length", "b")),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ["type"],
        ["source"],
        ["receivedAt"],
        ["occurredAt"],
        ["dedupKey"],
        ["type", "length"],
      ),
    },
  )
  .map((segments) => ({ kind: "path", segments, span }));

const constant: fc.Arbitrary<OperandNode> = fc.oneof(
  { weight: 5, arbitrary: text.map(literal) },
  { weight: 5, arbitrary: number.map(literal) },
  { weight: 1, arbitrary: fc.constantFrom(...decimals).map(literal) },
  { weight: 1, arbitrary: fc.boolean().map(literal) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...instants)
      .map((milliseconds) => ({ kind: "instant" as const, milliseconds, span })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...durations)
      .map((milliseconds) => ({ kind: "duration" as const, milliseconds, span })),
  },
);

function call(name: FunctionName, argument: OperandNode): OperandNode {
  return { kind: "call", name, arguments: functions[name].arity === 0 ? [] : [argument], steps: 0, span };
}

/** The parser reads a minus before a number as part of it. */
function minus(operand: OperandNode): OperandNode {
  const isNumber =
    operand.kind === "literal" && (typeof operand.value === "number" || operand.value instanceof Decimal);
  return isNumber ? operand : { kind: "negate", operand, span };
}

const { operand } = fc.letrec<{ operand: OperandNode }>((tie) => ({
  operand: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 6, arbitrary: path },
    { weight: 5, arbitrary: constant },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...arithmeticOperators), tie("operand"), tie("operand"))
        .map(([operator, left, right]) => ({ kind: "arithmetic" as const, operator, left, right, span })),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...functionNames), tie("operand"))
        .map(([name, argument]) => call(name, argument)),
    },
    { weight: 1, arbitrary: tie("operand").map(minus) },
  ),
}));

/** A field against a constant, as most rules have it. */
const simpleLeaf: fc.Arbitrary<ConditionNode> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...comparisonOperators), path, constant)
    .map(([operator, left, right]) => ({ kind: "comparison" as const, operator, left, right, span })),
  fc
    .tuple(path, fc.array(constant, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([left, items, negated]) => ({ kind: "in" as const, operand: left, items, negated, span })),
  fc.tuple(path, constant, constant, fc.boolean()).map(([left, low, high, negated]) => ({
    kind: "between" as const,
    operand: left,
    low,
    high,
    negated,
    span,
  })),
  path.map((field) => ({ kind: "exists" as const, operand: field, span })),
  path.map((field) => ({ kind: "truth" as const, operand: field, span })),
);

const generalLeaf: fc.Arbitrary<ConditionNode> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...comparisonOperators), operand, operand)
    .map(([operator, left, right]) => ({ kind: "comparison" as const, operator, left, right, span })),
  fc
    .tuple(operand, fc.boolean())
    .map(([value, negated]) => ({ kind: "nullCheck" as const, operand: value, negated, span })),
  fc
    .tuple(operand, fc.array(operand, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([left, items, negated]) => ({ kind: "in" as const, operand: left, items, negated, span })),
  fc.tuple(operand, operand, operand, fc.boolean()).map(([left, low, high, negated]) => ({
    kind: "between" as const,
    operand: left,
    low,
    high,
    negated,
    span,
  })),
  fc
    .tuple(
      fc.constantFrom(...textOperatorNames.filter((name) => name !== "matches")),
      operand,
      operand,
      fc.boolean(),
    )
    .map(([operator, left, right, negated]) => ({
      kind: "text" as const,
      operator,
      left,
      right,
      negated,
      steps: 0,
      span,
    })),
  fc.tuple(operand, fc.constantFrom(...patterns), fc.boolean()).map(([left, pattern, negated]) => ({
    kind: "text" as const,
    operator: "matches" as const,
    left,
    right: literal(pattern),
    negated,
    steps: 0,
    span,
  })),
  fc.boolean().map((value) => ({ kind: "truth" as const, operand: literal(value), span })),
);

/** Any condition of the language. */
export const { condition } = fc.letrec<{ condition: ConditionNode }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 6, arbitrary: simpleLeaf },
    { weight: 3, arbitrary: generalLeaf },
    {
      weight: 6,
      arbitrary: fc
        .tuple(fc.constantFrom("and", "or"), fc.array(tie("condition"), { minLength: 2, maxLength: 4 }))
        .map(([kind, operands]) => ({ kind: kind as "and", operands, parenthesized: false, span })),
    },
    { weight: 2, arbitrary: tie("condition").map((node) => ({ kind: "not" as const, operand: node, span })) },
  ),
}));

const scalar = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 4, arbitrary: number },
  { weight: 1, arbitrary: fc.constantFrom(...hostileNumbers, hugeText) },
  { weight: 1, arbitrary: fc.constantFrom(...rawNumbers) },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: fc.constant(null) },
);

const anything: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  { weight: 2, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 2, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "0", "length"), scalar, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** Own properties, `__proto__` among them, as JSON.parse makes them. */
const payload: fc.Arbitrary<unknown> = fc
  .tuple(
    fc.option(fc.oneof({ weight: 4, arbitrary: number }, fc.constantFrom(...rawNumbers)), {
      nil: undefined,
      freq: 6,
    }),
    fc.option(text, { nil: undefined, freq: 6 }),
    fc.array(fc.tuple(fc.constantFrom(...fieldNames), anything), { maxLength: 9 }),
  )
  .map(([amount, country, others]) =>
    Object.fromEntries([["amount", amount], ["country", country], ...others] as [string, unknown][]),
  );

const date = fc.constantFrom<string | Date>(
  "2026-01-01T00:00:05.000Z",
  new Date(instants[0] ?? 0),
  "no date",
);

/** Any event, down to payloads that are no objects. */
export const event: fc.Arbitrary<EventFacts> = fc.record({
  id: fc.constant("event-1"),
  type: fc.constantFrom("a", "ab", "DE"),
  source: fc.constantFrom("a", "💥é"),
  dedupKey: fc.constantFrom("a", null),
  receivedAt: date,
  occurredAt: fc.oneof(date, fc.constant(null)),
  payload: fc.oneof({ weight: 12, arbitrary: payload }, { weight: 1, arbitrary: anything }),
});
