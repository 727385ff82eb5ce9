import { schemaErrors } from "./check-schema.ts";
import {
  type ApiDocument,
  findPath,
  type HeaderObject,
  type Operation,
  resolveHeader,
  type ResponseObject,
} from "./document.ts";
import { type Exchange, isJson, mediaType } from "./exchange.ts";
import { requestViolations } from "./check-request.ts";

/** What an exchange was, and what the document has against it. */
export interface Verdict {
  /** As the document names it: POST /api/v1/rules. Undefined where it has no such operation. */
  operation: string | undefined;
  status: number;
  violations: string[];
}

/** What any path may answer that the document has not, or not with this method. */
const refusals: Readonly<Record<number, readonly string[]>> = {
  400: ["VALIDATION_FAILED"],
  404: ["NOT_FOUND"],
  405: ["METHOD_NOT_ALLOWED"],
  429: ["TOO_MANY_REQUESTS"],
  503: ["UNAVAILABLE"],
};

/** Holds an exchange against the document: its status, headers, type and body, and what was sent where it succeeded. */
export function checkExchange(document: ApiDocument, exchange: Exchange): Verdict {
  const { status, method } = exchange;
  const path = exchange.url.split("?", 1).join("");
  const found = findPath(document, path);
  const documented = method === "HEAD" ? "GET" : method;
  const operation = found?.operations[documented.toLowerCase()];
  if (!found || !operation) {
    return { operation: undefined, status, violations: refusalViolations(document, exchange) };
  }
  const response = operation.responses[status];
  return {
    operation: `${documented} ${found.template}`,
    status,
    violations: response
      ? [
          ...headerViolations(document, exchange, response),
          ...bodyViolations(document, exchange, response),
          ...(status < 300 ? requestViolations(document, exchange, operation, found.parameters) : []),
        ]
      : [`status ${status} is not documented; expected ${statusesOf(operation)}`],
  };
}

function statusesOf({ responses }: Operation): string {
  return Object.keys(responses).join(", ");
}

/** Where the document has no operation: nothing but a refusal may come. */
function refusalViolations(document: ApiDocument, { method, status, headers, body }: Exchange): string[] {
  if (method === "OPTIONS" && status === 204) return body.length === 0 ? [] : ["a body with status 204"];
  const codes = refusals[status];
  if (!codes) return [`the document has no such operation, and a refusal is expected; found ${status}`];
  const wrong = status === 405 && headers["allow"] === undefined ? ["header Allow is missing"] : [];
  return method === "HEAD" ? wrong : [...wrong, ...problemViolations(document, body, headers, status, codes)];
}

function problemViolations(
  document: ApiDocument,
  body: Buffer,
  headers: Exchange["headers"],
  status: number,
  codes: readonly string[],
): string[] {
  const type = mediaType(headers["content-type"]);
  if (type !== "application/problem+json") return [`content type ${type}; expected application/problem+json`];
  const problem = JSON.parse(body.toString()) as { status?: unknown; code?: string };
  return [
    ...schemaErrors(problem, { $ref: "#/components/schemas/Problem" }, document),
    ...(problem.status === status ? [] : [`at /status: ${String(problem.status)}; expected ${status}`]),
    ...(codes.includes(problem.code ?? "")
      ? []
      : [`at /code: ${problem.code} is not documented; expected ${codes.join(", ")}`]),
  ];
}

function headerViolations(document: ApiDocument, exchange: Exchange, response: ResponseObject): string[] {
  return Object.entries(response.headers ?? {}).flatMap(([name, declared]) => {
    const { required = false, schema }: HeaderObject = resolveHeader(document, declared);
    const value = exchange.headers[name.toLowerCase()];
    if (value === undefined) return required ? [`header ${name} is missing`] : [];
    const typed = schema.type === "integer" ? Number(value) : String(value);
    return schemaErrors(typed, schema, document).map((error) => `header ${name} ${error}`);
  });
}

function bodyViolations(
  document: ApiDocument,
  { method, headers, body, status }: Exchange,
  { content }: ResponseObject,
): string[] {
  if (method === "HEAD") return body.length === 0 ? [] : ["a body in answer to HEAD"];
  if (!content) return body.length === 0 ? [] : [`a body of ${body.length} bytes; expected none`];
  const type = mediaType(headers["content-type"]);
  const media = content[type];
  if (!media) return [`content type ${type || "none"}; expected ${Object.keys(content).join(", ")}`];
  if (type === "application/problem+json") {
    return problemViolations(document, body, headers, status, Object.keys(media.examples ?? {}));
  }
  const value: unknown = isJson(type) ? JSON.parse(body.toString()) : body.toString();
  return schemaErrors(value, media.schema ?? {}, document).map((error) => `body ${error}`);
}
