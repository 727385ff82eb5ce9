import { cloudEventAttributes, cloudEventSchema } from "@tocsin/contracts/cloud-events";
import type { SendEventInput } from "@tocsin/contracts/api/events";
import { type JsonBudget, readJson } from "@tocsin/contracts/read-json";
import { invalidAt, validationFailed } from "@tocsin/contracts/validation-failed";
import type { Request } from "express";
import { z } from "zod";

const prefix = "ce-";

/** Whether a request's headers say that its body is the data of a CloudEvent (binary mode). */
export function isBinaryCloudEvent({ headers }: Pick<Request, "headers">): boolean {
  return headers["ce-specversion"] !== undefined;
}

/**
 * A CloudEvent whose attributes are headers and whose data is the body.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#31-binary-content-mode
 * @param budget what the data may be
 * @throws DomainError MALFORMED_JSON; VALIDATION_FAILED with pointers such as `/ce-id`, or into the body
 */
export function readBinaryCloudEvent(request: Request, budget?: JsonBudget): SendEventInput {
  const text = String(request.body ?? "");
  const data = text === "" ? undefined : readJson(text, budget);
  const parsed = cloudEventSchema.safeParse({ ...readAttributes(request), data });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: placeOf(issue.path) }));
  throw validationFailed(new z.ZodError(issues));
}

function readAttributes({ headersDistinct }: Request): Record<string, string> {
  const attributes = Object.entries(headersDistinct).flatMap(([name, values = []]): [string, string][] => {
    // Those that mean nothing here need not even be readable.
    if (!name.startsWith(prefix) || !cloudEventAttributes.has(name.slice(prefix.length))) return [];
    const [value = ""] = values;
    if (values.length > 1) throw invalidAt([name], "Is given twice", "duplicate");
    return [[name.slice(prefix.length), decode(name, value)]];
  });
  return Object.fromEntries(attributes);
}

/** A value may be quoted, and what is not printable ASCII is percent-encoded UTF-8. */
function decode(name: string, value: string): string {
  const quoted = /^"(.*)"$/.exec(value)?.[1];
  try {
    return decodeURIComponent(quoted?.replaceAll(/\\(.)/g, "$1") ?? value);
  } catch {
    throw invalidAt([name], "Must be percent-encoded UTF-8", "invalid_format");
  }
}

/** Attributes stand in headers; the data is the body itself. */
function placeOf([first, ...rest]: readonly PropertyKey[]): PropertyKey[] {
  return first === "data" ? rest : [`${prefix}${String(first)}`, ...rest];
}
