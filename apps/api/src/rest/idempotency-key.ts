import { isUtf8 } from "node:buffer";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Request } from "express";

const name = "Idempotency-Key";

/** A string as structured header fields write it. RFC 8941, section 3.3.3 */
const quoted = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;

/**
 * The key of a request, for every route that takes one: a quoted string as the draft has it, or the same without quotes.
 * Undefined where there is none.
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 * @throws DomainError VALIDATION_FAILED where it is given twice, begins with a quote and is no string, or is no UTF-8
 */
export function readKeyHeader({ headersDistinct }: Pick<Request, "headersDistinct">): string | undefined {
  const [value, ...others] = headersDistinct["idempotency-key"] ?? [];
  if (value === undefined) return undefined;
  if (others.length > 0) throw invalidAt([name], "Is given twice", "duplicate");
  const text = decoded(value);
  if (!text.startsWith('"')) return text;
  const [, content] = quoted.exec(text) ?? [];
  if (content === undefined)
    throw invalidAt([name], "Begins with a quote, but is no quoted string", "invalid_format");
  return content.replaceAll(/\\(.)/g, "$1");
}

/** Node.js reads each byte of a header as a character. */
function decoded(value: string): string {
  const bytes = Buffer.from(value, "latin1");
  if (!isUtf8(bytes)) throw invalidAt([name], "Must be UTF-8", "invalid_format");
  return bytes.toString();
}
