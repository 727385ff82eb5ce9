import type { Services } from "@tocsin/core/context";
import { DomainError } from "@tocsin/contracts/errors";
import { getTRPCErrorShape, transformTRPCResponse } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express, { type ErrorRequestHandler, type RequestHandler, Router } from "express";
import { setErrorHeaders, toHttpError } from "../http/problem.ts";
import { maximumDepth, readJson } from "../rest/read-json.ts";
import type { AppRouter } from "../routers/v1.ts";
import { createApiContext } from "./context.ts";
import { toTrpcError } from "./to-domain-error.ts";

/** The most that the body of a call may have: one event. Bytes. */
const bodyLimit = 512 * 1024;

/** The most calls of one batch. */
const maximumBatch = 20;

/** What a batch and superjson add to the nesting of a body: the call's number, `json`. */
const envelopeDepth = 2;

/** Serves the router to the typed client. Bodies are read as strictly as those of REST. */
export function mountTrpc(router: AppRouter, services: Services): Router {
  const trpc = Router();
  trpc.use(refuseOtherTypes);
  trpc.use(express.text({ type: () => true, limit: bodyLimit, defaultCharset: "utf-8" }));
  trpc.use(refuseLooseJson);
  trpc.use(
    createExpressMiddleware({
      router,
      maxBatchSize: maximumBatch,
      createContext: ({ req }) => createApiContext(services, req),
    }),
  );
  return trpc;
}

const refuseOtherTypes: RequestHandler = (request, _response, next) => {
  // Null: there is no body.
  if (request.is("application/json") === false) {
    throw new DomainError("UNSUPPORTED_MEDIA_TYPE", { detail: "Send application/json" });
  }
  next();
};

const refuseLooseJson: RequestHandler = (request, _response, next) => {
  if (typeof request.body === "string" && request.body !== "")
    readJson(request.body, maximumDepth + envelopeDepth);
  next();
};

/** Errors from before tRPC had the request, in the form that its clients read. */
export function trpcErrorHandler(router: AppRouter, services: Services): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (response.headersSent) {
      next(thrown);
      return;
    }
    const told = toHttpError(services.log, thrown);
    const config = router._def._config;
    const error = getTRPCErrorShape({
      config,
      error: toTrpcError(told),
      type: "unknown",
      path: undefined,
      input: undefined,
      ctx: createApiContext(services, request),
    });
    setErrorHeaders(response, told);
    response.status(told.status).json(transformTRPCResponse(config, { error }));
  };
}
