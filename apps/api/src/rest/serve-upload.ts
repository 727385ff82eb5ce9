import { maximumSoundBytes } from "@tocsin/contracts/api/sounds";
import type { Target } from "../http/exchange.ts";
import { answerOf, procedureOf, sendAnswer, untilGone } from "./answer.ts";
import { readUpload } from "./read-upload.ts";
import type { RestRoute } from "./routes.ts";
import type { RouteServer } from "./serve-route.ts";
import type { Gate } from "./upload-gate.ts";

/** Reads the file of a route's form, calls its procedure and answers with what it comes to. */
export function serveUpload(
  route: RestRoute,
  { prefix, createCaller, gate }: RouteServer & { gate: Gate },
): Target["serve"] {
  return async ({ request, response, context, caller }) => {
    const run = procedureOf(createCaller(context, { signal: untilGone(response) }), route);
    await gate(caller, async () => {
      const upload = await readUpload(request, maximumSoundBytes);
      sendAnswer(response, answerOf(route, prefix, await run({ ...upload })));
    });
  };
}
