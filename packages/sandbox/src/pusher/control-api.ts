import { FAULT_KINDS, readFault } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { HttpError } from "./http-error.ts";
import { parseJsonObject } from "./json.ts";
import type { RequestLog } from "./request-log.ts";

export interface ControlApiOptions {
  faults: Faults;
  requests: RequestLog;
  /** Cuts all WebSocket connections without a word. */
  dropConnections(): number;
}

export const CONTROL_PREFIX = "/sandbox/";

/**
 * Answers what tests and people order of the stand-in; Pusher has no such thing.
 *
 * - `POST /sandbox/faults` `{ kind: "429" | "500" | "hang" | "drop", calls? }`, `GET` lists, `DELETE` forgets them
 * - `GET /sandbox/requests` the last calls to the HTTP API, `DELETE` forgets them
 * - `POST /sandbox/connections/drop`
 *
 * @returns a function that gives the answer's JSON and throws HttpError for everything but 200.
 */
export function createControlApi(
  options: ControlApiOptions,
): (method: string, path: string, body: Buffer) => unknown {
  const { faults, requests } = options;
  return (method, path, body) => {
    switch (`${method} ${path.slice(CONTROL_PREFIX.length)}`) {
      case "POST faults":
        faults.add(readFault(parseJsonObject(body.toString("utf8")), FAULT_KINDS));
        return { faults: faults.list() };
      case "GET faults":
        return { faults: faults.list() };
      case "DELETE faults":
        faults.clear();
        return { faults: [] };
      case "GET requests":
        return { requests: requests.list() };
      case "DELETE requests":
        requests.clear();
        return { requests: [] };
      case "POST connections/drop":
        return { dropped: options.dropConnections() };
      default:
        throw new HttpError(404, "Not found");
    }
  };
}
