import { type CallNode, type ExistsNode, isLogical, type OperandNode, type PathNode } from "./ast.ts";
import { Decimal } from "./decimal.ts";
import { type Expression, toCondition, toOperand } from "./node-roles.ts";
import type { ParserState } from "./parser-state.ts";
import { nearest } from "./suggest.ts";
import { negateValue } from "./values.ts";
import {
  additiveOperators,
  type ArithmeticOperator,
  functionNames,
  functions,
  keywords,
  multiplicativeOperators,
} from "./vocabulary.ts";

/** additive = multiplicative, { ( "+" | "-" ), multiplicative } */
export function parseAdditive(state: ParserState): Expression {
  return parseArithmetic(state, additiveOperators, parseMultiplicative);
}

function parseMultiplicative(state: ParserState): Expression {
  return parseArithmetic(state, multiplicativeOperators, parseUnary);
}

function parseArithmetic(
  state: ParserState,
  operators: readonly ArithmeticOperator[],
  parsePart: (state: ParserState) => Expression,
): Expression {
  const start = state.peek().offset;
  let node = parsePart(state);
  for (;;) {
    const operator = operators.find((candidate) => state.isAt(candidate));
    if (operator === undefined) return node;
    const left = toOperand(state, node);
    state.next();
    const right = toOperand(state, parsePart(state));
    node = state.add({ kind: "arithmetic", operator, left, right, span: state.spanFrom(start) });
  }
}

/** unary = ( "-" | "!" ), unary | primary */
function parseUnary(state: ParserState): Expression {
  const start = state.peek().offset;
  if (state.accept("-")) {
    const operand = toOperand(
      state,
      state.nested(() => parseUnary(state)),
    );
    return negated(state, operand, start);
  }
  if (state.accept("!")) {
    const operand = toCondition(
      state,
      state.nested(() => parseUnary(state)),
    );
    return state.add({ kind: "not", operand, span: state.spanFrom(start) });
  }
  return parsePrimary(state);
}

/** A minus before a number is part of it. */
function negated(state: ParserState, operand: OperandNode, start: number): OperandNode {
  const span = state.spanFrom(start);
  if (operand.kind === "literal") {
    const value = negateValue(operand.value);
    if (typeof value === "number" || value instanceof Decimal)
      return state.add({ kind: "literal", value, span });
  }
  return state.add({ kind: "negate", operand, span });
}

function parsePrimary(state: ParserState): Expression {
  const token = state.peek();
  switch (token.kind) {
    case "number":
    case "string":
      state.next();
      return state.add({ kind: "literal", value: token.value, span: state.spanFrom(token.offset) });
    case "instant":
    case "duration":
      state.next();
      return state.add({
        kind: token.kind,
        milliseconds: token.milliseconds,
        span: state.spanFrom(token.offset),
      });
    case "word":
      return parseWord(state, token.text, token.offset);
    case "symbol":
      if (token.text === "(") return parseGroup(state);
      return state.refuseToken(["a field", "a value", "("]);
    case "end":
      return state.refuseToken(["a field", "a value", "("]);
  }
}

function parseGroup(state: ParserState): Expression {
  state.next();
  const inner = state.nested(() => state.parseGroup(state));
  if (!state.accept(")")) state.refuseToken([")"]);
  return isLogical(inner) ? { ...inner, parenthesized: true } : inner;
}

function parseWord(state: ParserState, text: string, start: number): Expression {
  if (text === "true" || text === "false") {
    state.next();
    return state.add({ kind: "literal", value: text === "true", span: state.spanFrom(start) });
  }
  if (text === "null") {
    state.next();
    return { kind: "null", span: state.spanFrom(start) };
  }
  if (text === "event") return parsePath(state);
  if (state.isAt("(", 1) && !keywords.includes(text)) return parseCall(state, text, start);
  return refuseWord(state, text);
}

function refuseWord(state: ParserState, text: string): never {
  if (keywords.includes(text)) state.refuseToken(["a field", "a value", "("]);
  if (state.isAt(".", 1)) {
    const suggestion = nearest(text, ["event"]) === "event" ? "event" : `event.${text}`;
    state.refuseToken(["event"], { message: `Fields begin with "event.", not with "${text}."`, suggestion });
  }
  const keyword = nearest(text, [...keywords, "true", "false", "null", "event"]);
  const message = `The word "${text}" means nothing here`;
  const suggestion = keyword ?? `event.${text} or "${text}"`;
  return state.refuseToken(["a field", "a value", "("], { message, suggestion });
}

/** path = "event", step, { step } ; step = ".", name | "[", ( index | text ), "]" */
function parsePath(state: ParserState): PathNode {
  const start = state.next().offset;
  const segments: string[] = [];
  for (;;) {
    if (state.accept(".")) segments.push(readName(state));
    else if (state.accept("[")) segments.push(readKey(state));
    else break;
  }
  if (segments.length === 0) state.refuseToken(["."]);
  return state.add({ kind: "path", segments, span: state.spanFrom(start) });
}

function readName(state: ParserState): string {
  const token = state.peek();
  if (token.kind !== "word")
    return state.refuseToken(["a field name"], { suggestion: '["…"] for other names' });
  state.next();
  return token.text;
}

function readKey(state: ParserState): string {
  const token = state.peek();
  const isIndex = token.kind === "number" && Number.isSafeInteger(token.value);
  if (token.kind !== "string" && !isIndex) return state.refuseToken(["an index", "a name in quotes"]);
  state.next();
  if (!state.accept("]")) state.refuseToken(["]"]);
  return String(token.value);
}

/** call = name, "(", [ operand, { ",", operand } ], ")" */
function parseCall(state: ParserState, name: string, start: number): CallNode | ExistsNode {
  const known = functionNames.find((candidate) => candidate === name);
  if (known === undefined && name !== "exists") {
    const expected = [...functionNames, "exists"];
    const suggestion = nearest(name, expected);
    const message = `There is no function "${name}"`;
    state.refuseToken(expected, suggestion === undefined ? { message } : { message, suggestion });
  }
  state.next();
  state.next();
  const callArguments = readArguments(state);
  if (known === undefined) return toExists(state, callArguments, start);
  const { arity } = functions[known];
  const span = state.spanFrom(start);
  if (callArguments.length !== arity) {
    const message = `${name}() takes ${arity === 0 ? "no arguments" : "one argument"}`;
    state.refuseNode({ span }, message, [arity === 0 ? `${name}()` : `${name}(value)`]);
  }
  return state.add({ kind: "call", name: known, arguments: callArguments, steps: 0, span });
}

function readArguments(state: ParserState): OperandNode[] {
  const callArguments: OperandNode[] = [];
  if (state.accept(")")) return callArguments;
  do callArguments.push(state.nested(() => toOperand(state, parseAdditive(state))));
  while (state.accept(","));
  if (!state.accept(")")) state.refuseToken([",", ")"]);
  return callArguments;
}

function toExists(state: ParserState, callArguments: readonly OperandNode[], start: number): ExistsNode {
  const [operand] = callArguments;
  const span = state.spanFrom(start);
  if (operand?.kind !== "path" || callArguments.length !== 1) {
    return state.refuseNode({ span }, "exists() takes one field", ["exists(event.field)"]);
  }
  return state.add({ kind: "exists", operand, span });
}
