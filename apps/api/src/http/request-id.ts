import { newId } from "@tocsin/db/ids";
import { runWithCorrelation } from "@tocsin/platform/correlation";
import type { Request as ExpressRequest, RequestHandler, Response } from "express";

declare module "express-serve-static-core" {
  interface Request {
    /** Ties the log lines of a request together, and to what it sets in motion. */
    requestId: string;
  }
}

/** What a caller may choose as an id; anything else is replaced, so that no log line can be forged. */
const acceptable = /^[\w.:-]{8,64}$/;

/** Gives each request an id: the caller's `X-Request-Id` if it is one, else a new one. Echoed in the answer. */
export const requestId: RequestHandler = (request, response, next) => {
  runWithRequestId(request, response, next);
};

/** The same for what is no handler; log lines of `work` carry the id. */
export function runWithRequestId<Result>(
  request: ExpressRequest,
  response: Response,
  work: () => Result,
): Result {
  const given = request.get("x-request-id");
  request.requestId = given !== undefined && acceptable.test(given) ? given : newId();
  response.setHeader("X-Request-Id", request.requestId);
  return runWithCorrelation({ requestId: request.requestId }, work);
}
