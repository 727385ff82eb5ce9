import { isForbiddenName } from "@tocsin/contracts/json";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Request } from "express";
import { readJson } from "./read-json.ts";
import type { RestRoute } from "./routes.ts";

type Fields = Record<string, unknown>;

/**
 * A request's input: the fields of its path, and of its query or body, each once.
 * @throws DomainError MALFORMED_JSON, VALIDATION_FAILED
 */
export function readInput(route: RestRoute, request: Request): Fields {
  const isQuery = request.method === "GET" || request.method === "HEAD" || request.method === "DELETE";
  const fields = isQuery ? readQuery(request) : readBody(route, request);
  const pathFields = request.params;
  for (const name of Object.keys(pathFields)) {
    if (Object.hasOwn(fields, name)) throw invalidAt([name], "Stands in the path already", "duplicate");
  }
  if (!route.takesInput) refuseAll(fields);
  return {
    ...fields,
    ...pathFields,
    ...(route.meta.idempotencyHeader && readIdempotencyKey(request, fields)),
  };
}

function readQuery(request: Request): Fields {
  const start = request.originalUrl.indexOf("?");
  return start < 0 ? {} : readPairs(request.originalUrl.slice(start + 1));
}

function readBody(route: RestRoute, request: Request): Fields {
  // The body parser leaves a text.
  const body: unknown = request.body;
  if (typeof body !== "string") return {};
  if (route.meta.formAndQuery && request.is("application/x-www-form-urlencoded")) return readPairs(body);
  return readJsonFields(body, route.meta.bodyDepth);
}

/**
 * The fields of a JSON body; an empty body has none.
 * @param depth the deepest nesting that is accepted
 * @throws DomainError MALFORMED_JSON, VALIDATION_FAILED
 */
export function readJsonFields(body: string, depth?: number): Fields {
  if (body === "") return {};
  const value = readJson(body, depth);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw invalidAt([], "Must be a JSON object", "invalid_type");
}

/** The fields of a query or a form. One that stands there twice is refused: nobody knows which was meant. */
function readPairs(text: string): Fields {
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
  const key = request.get("idempotency-key");
  if (key === undefined) return {};
  const inBody = fields["idempotencyKey"];
  if (inBody !== undefined && inBody !== key) {
    throw invalidAt(["idempotencyKey"], "Differs from the Idempotency-Key header", "conflict");
  }
  return { idempotencyKey: key };
}
