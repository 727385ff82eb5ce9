import { DomainError } from "@tocsin/contracts/errors";
import type { Request } from "express";
import type { RestRoute } from "./routes.ts";
import { readJson } from "./read-json.ts";

/** A request's input: the fields of its path, and of its query or body, each once. */
export function readInput(route: RestRoute, request: Request): Record<string, unknown> {
  const isQuery = request.method === "GET" || request.method === "HEAD" || request.method === "DELETE";
  const fields = isQuery ? readQuery(request) : readBody(route, request);
  const pathFields = request.params;
  for (const name of Object.keys(pathFields)) {
    if (name in fields) throw twice(name, "the path");
  }
  return { ...fields, ...pathFields, ...(route.meta.idempotencyHeader && readIdempotencyKey(request, fields)) };
}

/** The fields of the query; one that stands there twice is refused, since nobody knows which was meant. */
function readQuery(request: Request): Record<string, unknown> {
  const [, query = ""] = request.originalUrl.split("?", 2);
  return readPairs(new URLSearchParams(query), "the query");
}

function readBody(route: RestRoute, request: Request): Record<string, unknown> {
  // `text` of the body parser; an empty body is an empty object: routes without fields need none.
  const body: unknown = request.body;
  if (typeof body !== "string" || body === "") return {};
  if (route.meta.formAndQuery && request.is("application/x-www-form-urlencoded")) {
    const fields: Record<string, unknown> = {};
    for (const [name, value] of new URLSearchParams(body)) {
      if (Object.hasOwn(fields, name)) throw twice(name, "the form");
      fields[name] = value;
    }
    return fields;
  }
  const value = readJson(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw new DomainError("VALIDATION_FAILED", {
    detail: "The body must be a JSON object",
    errors: [{ pointer: "", message: "Must be a JSON object", code: "invalid_type" }],
  });
}

/** Names and values as fields; the names may be any, `__proto__` too. */
function readPairs(pairs: URLSearchParams, where: string): Record<string, unknown> {
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (fields.has(name)) throw twice(name, where);
    if (forbiddenNames.has(name)) throw unknownField(name);
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

function readIdempotencyKey(request: Request, fields: Record<string, unknown>): { idempotencyKey?: string } {
  const key = request.get("idempotency-key");
  if (key === undefined) return {};
  const inBody = fields["idempotencyKey"];
  if (inBody !== undefined && inBody !== key) {
    const message = "Differs from the Idempotency-Key header";
    throw new DomainError("VALIDATION_FAILED", { detail: message, errors: [{ pointer: "/idempotencyKey", message }] });
  }
  return { idempotencyKey: key };
}

function twice(name: string, where: string): DomainError {
  const message = `Is given twice, once in ${where}`;
  return new DomainError("VALIDATION_FAILED", {
    detail: `${name}: ${message}`,
    errors: [{ pointer: `/${name}`, message, code: "duplicate" }],
  });
}
