import { describeError, DomainError, type Problem } from "@tocsin/contracts/errors";
import type { Logger } from "@tocsin/platform/logger";
import type { ErrorRequestHandler, Request, Response } from "express";
import { toDomainError } from "../trpc/to-domain-error.ts";
import { pathOf } from "./request-path.ts";

/** An error as problem details (RFC 9457). */
function toProblem(error: DomainError, request: Request): Problem {
  return {
    ...describeError(error),
    instance: pathOf(request),
    requestId: request.requestId,
  };
}

/** The headers that belong to an error. */
export function setErrorHeaders(response: Response, error: DomainError): void {
  if (error.retryAfterSeconds !== undefined) response.setHeader("Retry-After", error.retryAfterSeconds);
  // RFC 6750
  if (error.status === 401) response.setHeader("WWW-Authenticate", "Bearer");
}

/** How the statuses of Express and its body parser are called here. */
const codeOfStatus = {
  400: "VALIDATION_FAILED",
  404: "NOT_FOUND",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
} as const;

/** What Express and its body parser throw. */
interface HttpError {
  status: number;
  /** Where a body was too large: what it may have. Bytes. */
  limit?: number;
}

function isHttpError(error: unknown): error is HttpError {
  return typeof error === "object" && error !== null && "status" in error && typeof error.status === "number";
}

function fromHttpError(error: unknown): DomainError | null {
  if (!isHttpError(error) || !(error.status in codeOfStatus)) return null;
  const code = codeOfStatus[error.status as keyof typeof codeOfStatus];
  return error.limit === undefined
    ? new DomainError(code)
    : new DomainError(code, { detail: `The body may have at most ${error.limit} bytes` });
}

/** Whatever was thrown, as the caller is told it. What nobody foresaw is logged and told as "Internal error", no more. */
export function toHttpError(log: Logger, error: unknown): DomainError {
  const known = toDomainError(error) ?? fromHttpError(error);
  if (!known) log.error("A request failed", { error });
  return known ?? new DomainError("INTERNAL_ERROR");
}

/** Answers whatever was thrown with a problem. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) next(thrown);
    else sendProblem(request, response, toHttpError(log, thrown));
  };
}

/** Answers with a problem; past Express, which would take as long again, since refusals come in thousands. */
export function sendProblem(request: Request, response: Response, error: DomainError): void {
  const body = JSON.stringify(toProblem(error, request));
  noteRefusal(request, error);
  setErrorHeaders(response, error);
  response.statusCode = error.status;
  response.setHeader("Content-Type", "application/problem+json; charset=utf-8");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(request.method === "HEAD" ? undefined : body);
}

/** Notes why a request, or a call in it, is refused: it is counted when the answer is sent. */
export function noteRefusal(request: Request, { code }: DomainError): void {
  (request.refusals ??= []).push(code);
}
