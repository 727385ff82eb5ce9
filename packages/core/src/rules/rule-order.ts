import { invalidAt } from "@tocsin/contracts/validation-failed";
import { type Rule, type RuleOrder, ruleOrders } from "@tocsin/contracts/api/rules";
import type { Prisma } from "@tocsin/db/client";
import { z } from "zod";

type Field = "createdAt" | "updatedAt" | "name" | "priority";

const cursorSchema = z.object({
  sort: z.enum(ruleOrders),
  value: z.union([z.string(), z.number()]),
  id: z.uuid().toLowerCase(),
});

function parse(sort: RuleOrder): { field: Field; direction: "asc" | "desc" } {
  return sort.startsWith("-")
    ? { field: sort.slice(1) as Field, direction: "desc" }
    : { field: sort as Field, direction: "asc" };
}

/** The order of a list of rules. Ids grow with time: they stand for createdAt, and decide between equal ones. */
export function orderBy(sort: RuleOrder): Prisma.RuleOrderByWithRelationInput[] {
  const { field, direction } = parse(sort);
  return field === "createdAt" ? [{ id: direction }] : [{ [field]: direction }, { id: direction }];
}

/** Where the page after this rule begins. */
export function cursorAfter(sort: RuleOrder, rule: Rule): string {
  const value = rule[parse(sort).field];
  return Buffer.from(JSON.stringify({ sort, value, id: rule.id })).toString("base64url");
}

/**
 * The rules behind a cursor.
 * @throws DomainError VALIDATION_FAILED where it is not one of ours, or belongs to another order
 */
export function behindCursor(sort: RuleOrder, cursor: string): Prisma.RuleWhereInput {
  const { value, id } = readCursor(sort, cursor);
  const { field, direction } = parse(sort);
  const beyond = direction === "asc" ? "gt" : "lt";
  if (field === "createdAt") return { id: { [beyond]: id } };
  const same = field === "updatedAt" ? new Date(value) : value;
  return { OR: [{ [field]: { [beyond]: same } }, { [field]: same, id: { [beyond]: id } }] };
}

function readCursor(sort: RuleOrder, cursor: string): z.infer<typeof cursorSchema> {
  const read = cursorSchema.safeParse(parseJson(Buffer.from(cursor, "base64url").toString()));
  const isFitting =
    read.success && typeof read.data.value === (sort.endsWith("priority") ? "number" : "string");
  if (!isFitting || read.data.sort !== sort || !isDateWhereDue(sort, read.data.value)) {
    throw invalidAt(
      ["cursor"],
      "Must be the nextCursor of an earlier answer with the same sort",
      "invalid_cursor",
    );
  }
  return read.data;
}

function isDateWhereDue(sort: RuleOrder, value: string | number): boolean {
  return !sort.endsWith("At") || !Number.isNaN(new Date(value).getTime());
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
