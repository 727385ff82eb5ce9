import { DomainError, errorCatalogue, type Problem } from "@tocsin/contracts/errors";
import type { Logger } from "@tocsin/platform/logger";
import type { ErrorRequestHandler, Request, RequestHandler, Response } from "express";
import { toDomainError } from "../trpc/to-domain-error.ts";

/** An error as problem details (RFC 9457). */
export function toProblem(error: DomainError, request: Request): Problem {
  return {
    type: `urn:tocsin:problem:${error.code.toLowerCase().replaceAll("_", "-")}`,
    title: errorCatalogue[error.code].title,
    status: error.status,
    detail: error.message,
    instance: request.originalUrl.split("?")[0] ?? "",
    requestId: request.requestId,
    code: error.code,
    ...(error.errors.length > 0 && { errors: [...error.errors] }),
  };
}

/** Answers with a problem. */
export function sendProblem(response: Response, request: Request, error: DomainError): void {
  if (error.retryAfterSeconds !== undefined) response.setHeader("Retry-After", error.retryAfterSeconds);
  if (error.status === 401) response.setHeader("WWW-Authenticate", "Bearer");
  response.status(error.status).type("application/problem+json").send(JSON.stringify(toProblem(error, request)));
}

/** The end of the line: nothing else answered. */
export const notFound: RequestHandler = () => {
  throw new DomainError("NOT_FOUND");
};

/** What Express and its body parser throw, by status. */
const codeOfStatus = {
  400: "VALIDATION_FAILED",
  404: "NOT_FOUND",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
} as const;

function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("status" in error)) return undefined;
  return typeof error.status === "number" ? error.status : undefined;
}

/** Turns whatever was thrown into a problem. What nobody foresaw is logged and told as "Internal error", no more. */
export function problemHandler(log: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = statusOf(error);
    const known =
      toDomainError(error) ??
      (status !== undefined && status in codeOfStatus
        ? new DomainError(codeOfStatus[status as keyof typeof codeOfStatus])
        : null);
    if (!known) log.error("A request failed", { error });
    sendProblem(response, request, known ?? new DomainError("INTERNAL_ERROR"));
  };
}
