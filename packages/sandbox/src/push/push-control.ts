import { type Faults, readFault } from "../pusher/faults.ts";
import { HttpError } from "../pusher/http-error.ts";
import { parseJsonObject } from "../pusher/json.ts";
import type { RequestLog } from "../pusher/request-log.ts";
import type { LoggedPush } from "./logged-push.ts";

/** What a push stand-in is ordered, and what it tells. */
export interface PushControl<Kind extends string> {
  kinds: readonly Kind[];
  /** How the next calls fail. */
  faults: Faults<Kind>;
  /** How every call to a token fails. */
  tokenFaults: Map<string, Kind>;
  pushes: RequestLog<LoggedPush>;
}

export const CONTROL_PREFIX = "/sandbox/";

/**
 * Answers what tests and people order of a push stand-in; the real services have no such thing.
 *
 * - `POST /sandbox/faults` `{ kind, calls? }` or `{ kind, token }`, `GET` lists, `DELETE` forgets them
 * - `GET /sandbox/pushes` the last ones, `DELETE` forgets them
 *
 * @throws HttpError for everything but 200.
 */
export function answerControl<Kind extends string>(
  { kinds, faults, tokenFaults, pushes }: PushControl<Kind>,
  { method, path, body }: { method: string; path: string; body: Buffer },
): unknown {
  const list = () => ({ faults: faults.list(), tokens: Object.fromEntries(tokenFaults) });
  switch (`${method} ${path.slice(CONTROL_PREFIX.length)}`) {
    case "POST faults": {
      const order = parseJsonObject(body.toString("utf8"));
      const fault = readFault(order, kinds);
      const token = order?.["token"];
      if (typeof token === "string") tokenFaults.set(token, fault.kind);
      else faults.add(fault);
      return list();
    }
    case "GET faults":
      return list();
    case "DELETE faults":
      faults.clear();
      tokenFaults.clear();
      return list();
    case "GET pushes":
      return { pushes: pushes.list() };
    case "DELETE pushes":
      pushes.clear();
      return { pushes: [] };
    default:
      throw new HttpError(404, "Not found");
  }
}
