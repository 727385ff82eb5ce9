import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Request, RequestHandler, Response } from "express";
import helmet from "helmet";

/** What browsers are told about every answer. Answers are data: nothing is loaded or framed, except at /docs. */
export const securityHeaders: RequestHandler = helmet({
  // Would turn http://10.0.0.5:3000/docs into a page that loads nothing.
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
});

/** Answers about people and alerts are nobody else's to keep. */
export const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader("Cache-Control", "no-store");
  next();
};

/** Conditions and ranges are for what is kept. Nothing is: each answer is whole, and none is 304, 206, 412 or 416. */
const conditions = [
  "if-none-match",
  "if-modified-since",
  "if-match",
  "if-unmodified-since",
  "if-range",
  "range",
];

/** Leaves out of a request what it has no use for here. */
export const ignoreConditions: RequestHandler = (request, _response, next) => {
  for (const name of conditions) delete request.headers[name];
  next();
};

/** Once the process is stopping, each answer is the last one on its connection. */
export function closeWhenStopping(isStopping: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (isStopping()) response.setHeader("Connection", "close");
    next();
  };
}

/** The headers that these handlers set whatever is asked: found out once by asking them. */
export function headersSetBy(handlers: readonly RequestHandler[]): Map<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  for (const handle of handlers) {
    void handle(request as Request, response as Response, () => {});
  }
  return new Map(response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]));
}
