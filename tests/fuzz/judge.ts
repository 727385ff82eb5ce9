import { errorCatalogue } from "@tocsin/contracts/errors";
import { checkExchange } from "../contract/support/check-answer.ts";
import { schemaErrors } from "../contract/support/check-schema.ts";
import { findPath, readDocument } from "../contract/support/document.ts";
import { type Exchange, isJson, mediaType } from "../contract/support/exchange.ts";
import type { FuzzRequest } from "./fuzz-request.ts";
import { isPublic, type Target, type TrpcTarget } from "./targets.ts";

const document = readDocument();

/** What an answer must never hold: where code lies, what was asked of a database, how a library names its errors. */
const leaks: readonly (readonly [what: string, pattern: RegExp])[] = [
  ["a line of a stack", /\bat (?:\S+ )?\(?(?:file:|node:|\/)\S+:\d+:\d+/],
  ["a path of this machine", /(?:node_modules|\/src\/\w[\w/-]*\.ts|file:\/\/\/)/],
  ["SQL", /\b(?:SELECT \S+ FROM|INSERT INTO|UPDATE \S+ SET|DELETE FROM|FOR UPDATE)\b/],
  ["an error of the database", /\b(?:ER_[A-Z_]{4,}|PrismaClient\w+|SqlError|P20\d\d)\b/],
  ["an error of the system", /\bE(?:CONNREFUSED|CONNRESET|NOENT|PIPE|TIMEDOUT)\b/],
  ["an error of JavaScript", /\b(?:TypeError|RangeError|ReferenceError|Cannot read propert)/],
];

/** What is wrong with an answer; nothing is well. */
export function judge(target: Target, asked: FuzzRequest, exchange: Exchange): string[] {
  if (exchange.status === 431) return headerViolations(asked);
  return [
    ...serverErrors(exchange),
    ...leaksIn(asked, exchange),
    ...credentialViolations(target, asked, exchange),
    ...(target.kind === "rest" ? documentViolations(exchange) : trpcViolations(target, exchange)),
  ];
}

/** Node.js reads no further than 16 kB of headers, the path among them, before anybody knows what is asked for. */
function headerViolations({ path, headers }: FuzzRequest): string[] {
  const size = headers.reduce((sum, pair) => sum + pair.join(": ").length, path.length);
  return size > 12_000 ? [] : [`headers of ${size} bytes are called too large`];
}

function serverErrors({ status, headers }: Exchange): string[] {
  if (status < 500) return [];
  if (status !== 503) return [`a status of ${status}`];
  return headers["retry-after"] === undefined ? ["a status of 503 without Retry-After"] : [];
}

/** Only in refusals, and only what was not sent: an answer may quote the caller. */
function leaksIn({ body, path }: FuzzRequest, exchange: Exchange): string[] {
  if (exchange.status < 400) return [];
  const told = exchange.body.toString();
  const sent = `${body?.toString() ?? ""}${path}`;
  return leaks
    .filter(([, pattern]) => pattern.test(told) && !pattern.test(sent))
    .map(([what]) => `it shows ${what}`);
}

/** Statuses by which somebody without credentials may be turned away. */
const strangersStatuses: readonly number[] = [401, 429, 503];

/** Who is not known is told so before anything else is looked at. */
function credentialViolations(
  target: Target,
  { caller, method }: FuzzRequest,
  { status, url }: Exchange,
): string[] {
  if (caller !== "stranger" || strangersStatuses.includes(status)) return [];
  if (target.kind === "trpc") {
    const isSingle = url.split("?", 1)[0] === `/trpc/${target.procedure}`;
    const isRight = method === (target.isMutation ? "POST" : "GET");
    return target.isPublic || !isSingle || !isRight || url.includes("batch=") ? [] : notKnown(status);
  }
  const operation = findPath(document, url.split("?", 1).join(""))?.operations[
    method === "HEAD" ? "get" : method.toLowerCase()
  ];
  return operation && !isPublic(operation) ? notKnown(status) : [];
}

function notKnown(status: number): string[] {
  return [`a stranger is answered with ${status}; expected ${strangersStatuses.join(", ")}`];
}

function documentViolations(exchange: Exchange): string[] {
  try {
    return checkExchange(document, exchange).violations;
  } catch (error) {
    return [`a body that cannot be read: ${String(error)}`];
  }
}

/** What any call over tRPC may be answered with beside what its operation documents. */
const trpcRefusals: readonly number[] = [400, 401, 404, 405, 413, 415, 429, 503];

function trpcViolations(target: TrpcTarget, exchange: Exchange): string[] {
  const { status, headers, body, url } = exchange;
  const type = mediaType(headers["content-type"]);
  // Asked for by a header: a line for each part, which only tRPC's own client reads.
  if (isAskedForLines(exchange) || status === 204) return [];
  if (!isJson(type)) return [`content type ${type || "none"}; expected application/json`];
  try {
    const parsed = JSON.parse(body.toString()) as unknown;
    return [parsed]
      .flat()
      .flatMap((one) => answerViolations(target, one, url.includes("batch=") ? undefined : status));
  } catch (error) {
    return [`a body that cannot be read: ${String(error)}`];
  }
}

function isAskedForLines({ requestHeaders, url, status }: Exchange): boolean {
  const asked = [requestHeaders["trpc-accept"], requestHeaders["accept"]].join(",");
  return status < 400 && url.includes("batch=1") && asked.includes("application/jsonl");
}

interface TrpcAnswer {
  result?: { data?: { json?: unknown } };
  error?: { json?: { message?: string; data?: { appCode?: string; httpStatus?: number; stack?: string } } };
}

function answerViolations(target: TrpcTarget, answer: unknown, status: number | undefined): string[] {
  const { result, error } = answer as TrpcAnswer;
  const { responses = {} } = target.operation ?? {};
  if (error) return refusalViolations(error, Object.keys(responses).map(Number), status);
  if (!result) return ["neither a result nor an error"];
  const [success] = Object.entries(responses).filter(([one]) => one.startsWith("2"));
  const schema = success?.[1].content?.["application/json"]?.schema;
  if (!schema) return [];
  return schemaErrors(result.data?.json, schema, document).map((violation) => `result ${violation}`);
}

function refusalViolations(
  { json }: NonNullable<TrpcAnswer["error"]>,
  documented: readonly number[],
  status: number | undefined,
): string[] {
  const { appCode = "none", httpStatus = 0, stack } = json?.data ?? {};
  const isKnown = documented.includes(httpStatus) || trpcRefusals.includes(httpStatus);
  const isSame = status === undefined || status === httpStatus;
  return [
    ...(appCode in errorCatalogue ? [] : [`an error of code ${appCode}`]),
    ...(stack === undefined ? [] : ["it shows a stack"]),
    ...(isSame ? [] : [`httpStatus ${httpStatus} with status ${status}`]),
    ...(isKnown ? [] : [`status ${httpStatus} is not documented; expected ${documented.join(", ")}`]),
    ...(httpStatus >= 500 && httpStatus !== 503 ? [`an error of ${httpStatus}`] : []),
  ];
}
