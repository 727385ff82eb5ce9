import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Response } from "express";
import type { Target } from "../http/exchange.ts";
import type { createCallerFactory } from "../trpc/init.ts";
import { answerOf, procedureOf, sendAnswer, untilGone } from "./answer.ts";
import { cloudEventCallOf } from "./cloud-events.ts";
import { directCallOf } from "./direct-calls.ts";
import { readInput } from "./read-input.ts";
import { answerOnce } from "./repeatable.ts";
import type { RestRoute } from "./routes.ts";

/** What serves the routes of one router. */
export interface RouteServer {
  prefix: string;
  createCaller: ReturnType<typeof createCallerFactory>;
}

/** Calls the procedure of a route and answers with what it comes to. */
export function serveRoute(route: RestRoute, { prefix, createCaller }: RouteServer): Target["serve"] {
  return async (exchange) => {
    const { request, response, context, parameters } = exchange;
    const cloudEvents = cloudEventCallOf(route, context, request);
    if (cloudEvents) {
      sendAnswer(response, answerOf(route, prefix, await cloudEvents()));
      return;
    }
    const run =
      directCallOf(route, context) ??
      procedureOf(createCaller(context, { signal: untilGone(response) }), route);
    const input = readInput(route, request, parameters);
    if (route.meta.streams) {
      const pieces = (await run(input)) as AsyncIterable<string>;
      const iterator = pieces[Symbol.asyncIterator]();
      // Up to here a refusal can be told: the answer has not begun.
      const first = await iterator.next();
      response.status(200).type(route.meta.streams).setHeader("Content-Disposition", "attachment");
      // Whoever asks for the head alone is not read a million lines for.
      if (request.method === "HEAD") {
        await iterator.return?.();
        response.end();
      } else await sendPieces(response, startingWith(first, iterator));
      return;
    }
    const { answer, isReplayed } = await answerOnce({ route, prefix, exchange, input }, async () =>
      answerOf(route, prefix, await run(input)),
    );
    if (isReplayed) response.setHeader("Idempotent-Replayed", "true");
    sendAnswer(response, answer);
  };
}

/** All pieces, of which the first is made already. */
async function* startingWith(
  first: IteratorResult<string>,
  others: AsyncIterator<string>,
): AsyncGenerator<string, void> {
  try {
    if (first.done !== true) yield first.value;
    yield* { [Symbol.asyncIterator]: () => others };
  } finally {
    await others.return?.();
  }
}

/** Sends a long text as it is made, no faster than it is taken; whoever goes away ends its making. */
async function sendPieces(response: Response, pieces: AsyncIterable<string>): Promise<void> {
  try {
    // One piece ahead is enough, and as much memory as it takes.
    await pipeline(Readable.from(pieces, { highWaterMark: 1 }), response);
  } catch (error) {
    // The answer has begun: an error cannot be told any more, only that it is not whole.
    if (response.headersSent) response.destroy();
    else throw error;
  }
}
