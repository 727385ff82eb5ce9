import { isForbiddenName } from "@tocsin/contracts/json";
import { type BatchPlace, type JsonBudget, readJson, readJsonBatch } from "@tocsin/contracts/read-json";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Request } from "express";
import { readKeyHeader } from "./idempotency-key.ts";
import type { RestRoute, WrittenType } from "./routes.ts";

type Fields = Record<string, unknown>;

/**
 * A request's input: the fields of its path, and of its query or body, each once.
 * @param pathFields the parts of the path that are parameters, as they were sent
 * @throws DomainError MALFORMED_JSON, VALIDATION_FAILED
 */
export function readInput(
  route: RestRoute,
  request: Request,
  pathFields: Readonly<Record<string, string>>,
): Fields {
  const fields = isInQuery(request) ? readQuery(route, request) : readBody(route, request);
  for (const name of Object.keys(pathFields)) {
    if (Object.hasOwn(fields, name)) throw invalidAt([name], "Stands in the path already", "duplicate");
  }
  if (!route.takesInput) refuseAll(fields);
  return {
    ...fields,
    ...decoded(pathFields),
    ...(route.meta.idempotencyHeader && readIdempotencyKey(request, fields)),
  };
}

/** Whether the fields stand in the query: these have no body. */
function isInQuery({ method }: Request): boolean {
  return method === "GET" || method === "HEAD" || method === "DELETE";
}

function decoded(parameters: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, text]) => {
      try {
        return [name, decodeURIComponent(text)];
      } catch {
        throw invalidAt([name], "Must be percent-encoded UTF-8", "invalid_format");
      }
    }),
  );
}

function readQuery({ writtenFields }: RestRoute, request: Request): Fields {
  const start = request.originalUrl.indexOf("?");
  if (start < 0) return {};
  const fields = readPairs(request.originalUrl.slice(start + 1));
  for (const [name, text] of Object.entries(fields)) {
    const type = writtenFields.get(name);
    if (type) fields[name] = readWritten(type, text);
  }
  return fields;
}

/** Digits alone, and no more than a number holds exactly. */
const plainNumber = /^(?:0|[1-9]\d{0,15})$/;

/** What a text of a query stands for. What is not written plainly stays a text, which the field's schema refuses. */
function readWritten(type: WrittenType, text: unknown): unknown {
  if (type === "boolean") return text === "true" || text === "false" ? text === "true" : text;
  return typeof text === "string" && plainNumber.test(text) ? Number(text) : text;
}

function readBody(route: RestRoute, request: Request): Fields {
  const body: unknown = request.body;
  if (typeof body !== "string") return {};
  if (route.meta.formAndQuery && request.is("application/x-www-form-urlencoded")) return readPairs(body);
  const { batchField: field } = route.meta;
  return readJsonFields(body, budgetOf(route), field === undefined ? undefined : { field });
}

/** How deep the body of a route may nest, how many values it may hold, and what its numbers may be. */
export function budgetOf({ meta }: RestRoute): JsonBudget {
  return {
    numbers: meta.exactNumbers ? "exact" : "double",
    ...(meta.bodyDepth !== undefined && { depth: meta.bodyDepth }),
    ...(meta.bodyValues !== undefined && { values: meta.bodyValues }),
  };
}

/**
 * The fields of a JSON body; an empty body has none.
 * @param place where its items stand, if it is a batch: one that cannot be read is refused by itself
 * @throws DomainError MALFORMED_JSON, VALIDATION_FAILED
 */
export function readJsonFields(body: string, budget?: JsonBudget, place?: BatchPlace): Fields {
  if (body === "") return {};
  const value = place ? readJsonBatch(body, place, budget) : readJson(body, budget);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw invalidAt([], "Must be a JSON object", "invalid_type");
}

/** The fields of a query or a form. One that stands there twice is refused: nobody knows which was meant. */
export function readPairs(text: string): Fields {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (isForbiddenName(name)) throw invalidAt([name], "This name is not allowed", "forbidden_name");
    if (fields.has(name)) throw invalidAt([name], "Is given twice", "duplicate");
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

/** For routes without fields: tRPC would not even look at what was sent. */
function refuseAll(fields: Fields): void {
  const [name] = Object.keys(fields);
  if (name !== undefined) throw invalidAt([name], "This field is not known here", "unknown_field");
}

/** What the `Idempotency-Key` header adds to the fields. @throws DomainError where they say something else */
export function readIdempotencyKey(request: Request, fields: Fields): { idempotencyKey?: string } {
  const key = readKeyHeader(request);
  if (key === undefined) return {};
  const inBody = fields["idempotencyKey"];
  if (inBody !== undefined && inBody !== key) {
    throw invalidAt(["idempotencyKey"], "Differs from the Idempotency-Key header", "conflict");
  }
  return { idempotencyKey: key };
}
