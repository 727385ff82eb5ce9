import type { KeptAnswer } from "@tocsin/core/idempotency/claim-answer";
import type { Response } from "express";
import type { RestRoute } from "./routes.ts";

/** What a procedure came to, as it is told over HTTP. */
export function answerOf({ meta }: RestRoute, prefix: string, result: unknown): KeptAnswer {
  const { successStatus: status = 200, location } = meta;
  if (status === 204) return { status, body: undefined };
  if (location === undefined || typeof result !== "object" || result === null || !("id" in result)) {
    return { status, body: result };
  }
  const path = location.replace("{id}", encodeURIComponent(String(result.id)));
  return { status, location: prefix + path, body: result };
}

/** Answers. */
export function sendAnswer(response: Response, { status, location, body }: KeptAnswer): void {
  if (location !== undefined) response.location(location);
  if (status === 204) response.status(204).end();
  else response.status(status).json(body);
}

/** Aborted when the client goes away: what takes long need not be finished for nobody. */
export function untilGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}

type Call = (input: Record<string, unknown>) => Promise<unknown>;

/** The procedure of a route, ready to be called. */
export function procedureOf(caller: unknown, route: RestRoute): Call {
  const found = route.procedure.reduce<unknown>(
    (node, name) => (node as Record<string, unknown>)[name],
    caller,
  );
  return found as Call;
}
