import { DomainError, type ErrorCode, errorCatalogue } from "@tocsin/contracts/errors";
import { validationFailed } from "@tocsin/contracts/validation-failed";
import { isInfrastructureError } from "@tocsin/db/errors";
import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";

/** An error as the caller is told it. Null: nothing to tell but that something went wrong. */
export function toDomainError(error: unknown): DomainError | null {
  if (error instanceof DomainError) return error;
  if (error instanceof ZodError) return validationFailed(error);
  if (!(error instanceof TRPCError)) return isInfrastructureError(error) ? unavailable(error) : null;
  if (error.cause instanceof DomainError) return error.cause;
  if (error.cause instanceof ZodError && error.code === "BAD_REQUEST") return validationFailed(error.cause);
  if (isInfrastructureError(error.cause)) return unavailable(error.cause);
  // tRPC's own refusals: a path or method that is not there, a body that it cannot read.
  if (error.code === "NOT_FOUND") return new DomainError("NOT_FOUND");
  if (error.code === "METHOD_NOT_SUPPORTED") return new DomainError("METHOD_NOT_ALLOWED");
  if (error.code === "PARSE_ERROR") return new DomainError("MALFORMED_JSON");
  if (error.code === "BAD_REQUEST") return new DomainError("VALIDATION_FAILED");
  if (error.code === "UNSUPPORTED_MEDIA_TYPE") return new DomainError("UNSUPPORTED_MEDIA_TYPE");
  if (error.code === "PAYLOAD_TOO_LARGE") return new DomainError("PAYLOAD_TOO_LARGE");
  return null;
}

/** MySQL is away or overloaded: nothing is wrong with the request, and it may be sent again. */
function unavailable(cause: unknown): DomainError {
  return new DomainError("UNAVAILABLE", { detail: "Try again in a moment", retryAfterSeconds: 5, cause });
}

/** How tRPC names what HTTP calls by number. */
const trpcCodeOfStatus: Record<(typeof errorCatalogue)[ErrorCode]["status"], TRPCError["code"]> = {
  400: "BAD_REQUEST",
  401: "UNAUTHORIZED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  405: "METHOD_NOT_SUPPORTED",
  408: "TIMEOUT",
  409: "CONFLICT",
  413: "PAYLOAD_TOO_LARGE",
  415: "UNSUPPORTED_MEDIA_TYPE",
  422: "UNPROCESSABLE_CONTENT",
  429: "TOO_MANY_REQUESTS",
  431: "BAD_REQUEST",
  500: "INTERNAL_SERVER_ERROR",
  503: "SERVICE_UNAVAILABLE",
};

/** A domain error as tRPC throws it. */
export function toTrpcError(error: DomainError): TRPCError {
  return new TRPCError({
    code: trpcCodeOfStatus[errorCatalogue[error.code].status],
    message: error.message,
    cause: error,
  });
}
