import type { OperandType } from "./field-types.ts";

/** What is known of an operator or a function that looks into texts. */
interface Reading {
  /** The types that its first operand may have. Of any other type, the result is unknown. */
  takes: readonly OperandType[];
  /** Whether it may read a text or a list from end to end. If so, it gets a share of the steps: see search-budget.ts. */
  readsAll: boolean;
}

interface FunctionFacts extends Reading {
  /** How many arguments it takes: none or one. */
  arity: 0 | 1;
  /** The type of its result. `argument`: the type of its argument. */
  gives: OperandType | "argument";
}

/*
 * Every operator, function and keyword of the language. The types of the tree, the parser, its messages, the checks and
 * the tests derive from these tables. `grammar.ebnf` and `docs/rule-language.md` are tested against them.
 */

export const comparisonOperators = ["==", "!=", "<", "<=", ">", ">="] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

/** What text-operators.ts decides. Each may follow `not`. */
export const textOperators = {
  contains: { takes: ["string", "list"], readsAll: true },
  startsWith: { takes: ["string"], readsAll: false },
  endsWith: { takes: ["string"], readsAll: false },
  matches: { takes: ["string"], readsAll: true },
} as const satisfies Record<string, Reading>;
export type TextOperator = keyof typeof textOperators;
export const textOperatorNames = Object.keys(textOperators) as readonly TextOperator[];

/** Operators that are words. Each may follow `not`. */
export const wordOperators = ["in", ...textOperatorNames, "between"] as const;

export const additiveOperators = ["+", "-"] as const;
export const multiplicativeOperators = ["*", "/", "%"] as const;
export const arithmeticOperators = [...additiveOperators, ...multiplicativeOperators] as const;
export type ArithmeticOperator = (typeof arithmeticOperators)[number];

/** The two spellings of each operator that joins conditions. */
export const logicalOperators = { and: ["&&", "and"], or: ["||", "or"] } as const;
export type LogicalOperator = keyof typeof logicalOperators;

/** What functions.ts computes. `exists` is not among them: it takes a field and is a condition. */
export const functions = {
  abs: { arity: 1, takes: ["number", "decimal", "duration"], gives: "argument", readsAll: false },
  decimal: { arity: 1, takes: ["string", "number", "decimal"], gives: "decimal", readsAll: false },
  len: { arity: 1, takes: ["string", "list"], gives: "number", readsAll: true },
  lower: { arity: 1, takes: ["string"], gives: "string", readsAll: true },
  now: { arity: 0, takes: [], gives: "date", readsAll: false },
} as const satisfies Record<string, FunctionFacts>;
export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as readonly FunctionName[];

/** Words that stand between operands and therefore are none. */
export const keywords: readonly string[] = ["and", "or", "not", ...wordOperators];
