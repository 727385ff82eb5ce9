import { CONTROL_PREFIX } from "../pusher/control-api.ts";
import { readFault } from "../pusher/faults.ts";
import type { Faults } from "../pusher/faults.ts";
import { HttpError } from "../pusher/http-error.ts";
import { parseJsonObject } from "../pusher/json.ts";
import type { RequestLog } from "../pusher/request-log.ts";
import { S3_FAULT_KINDS } from "./faults.ts";
import type { S3FaultKind } from "./faults.ts";
import type { ObjectStore } from "./object-store.ts";
import type { LoggedS3Request } from "./logged-request.ts";

export interface ControlApiOptions {
  faults: Faults<S3FaultKind>;
  requests: RequestLog<LoggedS3Request>;
  store: ObjectStore;
}

/**
 * Answers what tests and people order of the stand-in; S3 has no such thing.
 *
 * - `POST /sandbox/faults` `{ kind: "500" | "503" | "slow" | "hang" | "drop" | "lost", calls? }`, `GET` lists, `DELETE` forgets
 * - `GET /sandbox/requests` the last calls, `DELETE` forgets them
 * - `GET /sandbox/objects` what is stored
 *
 * @returns a function that gives the answer's JSON and throws HttpError for everything but 200.
 */
export function createControlApi({
  faults,
  requests,
  store,
}: ControlApiOptions): (method: string, path: string, body: Buffer) => unknown {
  return (method, path, body) => {
    switch (`${method} ${path.slice(CONTROL_PREFIX.length)}`) {
      case "POST faults":
        faults.add(readFault(parseJsonObject(body.toString("utf8")), S3_FAULT_KINDS));
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
      case "GET objects":
        return { objects: store.list() };
      default:
        throw new HttpError(404, "Not found");
    }
  };
}
