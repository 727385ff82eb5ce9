import type { RequestHandler } from "express";
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

/** Once the process is stopping, each answer is the last one on its connection. */
export function closeWhenStopping(isStopping: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (isStopping()) response.setHeader("Connection", "close");
    next();
  };
}
