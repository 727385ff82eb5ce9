import type { BetweenNode, ConditionNode, InNode, OperandNode, TextNode } from "./ast.ts";
import { type Expression, isConditionNode, toCondition, toOperand } from "./node-roles.ts";
import { parseAdditive } from "./parse-operand.ts";
import type { ParserState } from "./parser-state.ts";
import { parsePattern } from "./pattern.ts";
import { nearest } from "./suggest.ts";
import {
  type ComparisonOperator,
  comparisonOperators,
  logicalOperators,
  type LogicalOperator,
  wordOperators,
} from "./vocabulary.ts";

const allOperators = [...comparisonOperators, ...wordOperators];

/** disjunction = conjunction, { ( "||" | "or" ), conjunction } */
export function parseDisjunction(state: ParserState): Expression {
  return parseLogical(state, "or", parseConjunction);
}

function parseConjunction(state: ParserState): Expression {
  return parseLogical(state, "and", parseNegation);
}

function parseLogical(
  state: ParserState,
  kind: LogicalOperator,
  parsePart: (state: ParserState) => Expression,
): Expression {
  const [sign, word] = logicalOperators[kind];
  const start = state.peek().offset;
  const first = parsePart(state);
  const operands: ConditionNode[] = [];
  while (state.accept(sign) || state.accept(word)) {
    if (operands.length === 0) operands.push(toCondition(state, first));
    operands.push(toCondition(state, parsePart(state)));
  }
  if (operands.length === 0) return first;
  return state.add({ kind, operands, parenthesized: false, span: state.spanFrom(start) });
}

/** negation = "not", negation | comparison */
function parseNegation(state: ParserState): Expression {
  const start = state.peek().offset;
  if (!state.accept("not")) return parseComparison(state);
  const operand = toCondition(
    state,
    state.nested(() => parseNegation(state)),
  );
  return state.add({ kind: "not", operand, span: state.spanFrom(start) });
}

function parseComparison(state: ParserState): Expression {
  const start = state.peek().offset;
  const left = parseAdditive(state);
  const result = parseOperator(state, start, left);
  if (result !== left && isOperator(state)) {
    const message = "Comparisons are not chained: join two with &&, or use between";
    state.refuseToken(["&&", "||", "the end"], { message });
  }
  return result;
}

function isOperator(state: ParserState): boolean {
  return allOperators.some((operator) => state.isAt(operator));
}

function parseOperator(state: ParserState, start: number, left: Expression): Expression {
  const operator = comparisonOperators.find((candidate) => state.isAt(candidate));
  if (operator !== undefined) return parseRelation(state, start, left, operator);
  const negated = state.isAt("not") && wordOperators.some((candidate) => state.isAt(candidate, 1));
  if (negated) state.next();
  const word = wordOperators.find((candidate) => state.isAt(candidate));
  if (word === undefined) {
    refuseUnknownOperator(state, left);
    return left;
  }
  const operand = toOperand(state, left);
  state.next();
  if (word === "in") return parseIn(state, start, operand, negated);
  if (word === "between") return parseBetween(state, start, operand, negated);
  return parseText(state, start, operand, { operator: word, negated });
}

/** A word after an operand can only be a misspelt operator. */
function refuseUnknownOperator(state: ParserState, left: Expression): void {
  const token = state.peek();
  if (token.kind !== "word" || ["and", "or", "not"].includes(token.text) || isConditionNode(left)) return;
  const suggestion = nearest(token.text.replaceAll("_", ""), [...wordOperators, "and", "or", "not"]);
  state.refuseToken([...allOperators, "&&", "||"], suggestion === undefined ? {} : { suggestion });
}

function parseRelation(
  state: ParserState,
  start: number,
  left: Expression,
  operator: ComparisonOperator,
): ConditionNode {
  if (isConditionNode(left)) refuseTightNot(state, left, operator);
  state.next();
  const right = parseAdditive(state);
  const isNullCheck = operator === "==" || operator === "!=";
  if (isNullCheck && (left.kind === "null") !== (right.kind === "null")) {
    const operand = toOperand(state, left.kind === "null" ? right : left);
    return state.add({ kind: "nullCheck", operand, negated: operator === "!=", span: state.spanFrom(start) });
  }
  const operands = { left: toOperand(state, left), right: toOperand(state, right) };
  return state.add({ kind: "comparison", operator, ...operands, span: state.spanFrom(start) });
}

/** `!a == b` would mean `(!a) == b`, which nobody wants. */
function refuseTightNot(state: ParserState, left: ConditionNode, operator: string): void {
  if (left.kind !== "not") return;
  const message = `! binds tighter than ${operator}: put the comparison in parentheses`;
  state.refuseNode(left, message, ["!( … )"]);
}

/** in = operand, [ "not" ], "in", "[", operand, { ",", operand }, "]" */
function parseIn(state: ParserState, start: number, operand: OperandNode, negated: boolean): InNode {
  if (!state.isAt("[")) {
    const message = `"in" takes a list in brackets`;
    state.refuseToken(["["], { message, suggestion: '["a", "b"], or field contains value' });
  }
  state.next();
  const items: OperandNode[] = [];
  do items.push(toOperand(state, parseAdditive(state)));
  while (state.accept(","));
  if (!state.accept("]")) state.refuseToken([",", "]"]);
  return state.add({ kind: "in", operand, items, negated, span: state.spanFrom(start) });
}

function parseBetween(
  state: ParserState,
  start: number,
  operand: OperandNode,
  negated: boolean,
): BetweenNode {
  const low = toOperand(state, parseAdditive(state));
  if (!state.accept("and") && !state.accept("&&")) state.refuseToken(["and"]);
  const high = toOperand(state, parseAdditive(state));
  return state.add({ kind: "between", operand, low, high, negated, span: state.spanFrom(start) });
}

function parseText(
  state: ParserState,
  start: number,
  left: OperandNode,
  { operator, negated }: Pick<TextNode, "operator" | "negated">,
): TextNode {
  const right = toOperand(state, parseAdditive(state));
  if (operator === "matches") parsePattern(state, right);
  return state.add({ kind: "text", operator, left, right, negated, steps: 0, span: state.spanFrom(start) });
}
