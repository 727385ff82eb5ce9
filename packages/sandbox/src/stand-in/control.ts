import { parseJsonObject } from "../json.ts";
import { type Faults, readFault } from "./faults.ts";
import { HttpError } from "./http-error.ts";
import { type Latency, readLatency } from "./latency.ts";
import type { RequestLog } from "./request-log.ts";

/** Paths under this are orders to a stand-in; the real services have no such thing. */
export const CONTROL_PREFIX = "/sandbox/";

/** What a stand-in is ordered, and what it tells. */
export interface Control<Kind extends string> {
  /** How calls can fail. */
  kinds: readonly Kind[];
  /** How the next calls fail. */
  faults: Faults<Kind>;
  /** How slow it is. */
  latency?: Latency;
  /** What came lately, under the name by which it is asked for. */
  logs: Readonly<Record<string, Pick<RequestLog<unknown>, "list" | "clear">>>;
  /** Further orders, such as `GET objects`; one that is also below takes its place. */
  orders?: Readonly<Record<string, (body: Buffer) => unknown>>;
}

/**
 * Answers what tests and people order of a stand-in.
 *
 * - `POST /sandbox/faults` `{ kind, calls? }`, `GET` lists, `DELETE` forgets them
 * - `POST /sandbox/latency` `{ minMs, maxMs? }`, `GET` tells, `DELETE` ends it, where the stand-in can be slow
 * - `GET /sandbox/<log>` the last entries of a log, `DELETE` forgets them
 *
 * @returns the answer's JSON
 * @throws HttpError for everything but 200.
 */
export function answerControl<Kind extends string>(
  { kinds, faults, latency, logs, orders = {} }: Control<Kind>,
  { method, path, body }: { method: string; path: string; body: Buffer },
): unknown {
  const name = path.slice(CONTROL_PREFIX.length);
  const order = orders[`${method} ${name}`];
  if (order) return order(body);
  if (name === "faults") {
    if (method === "POST") faults.add(readFault(parseJsonObject(body.toString("utf8")), kinds));
    if (method === "DELETE") faults.clear();
    if (["GET", "POST", "DELETE"].includes(method)) return { faults: faults.list() };
  }
  if (name === "latency" && latency) {
    if (method === "POST") latency.set(readLatency(parseJsonObject(body.toString("utf8"))));
    if (method === "DELETE") latency.clear();
    if (["GET", "POST", "DELETE"].includes(method)) return { latency: latency.range() };
  }
  const log = Object.hasOwn(logs, name) ? logs[name] : undefined;
  if (log && (method === "GET" || method === "DELETE")) {
    if (method === "DELETE") log.clear();
    return { [name]: log.list() };
  }
  throw new HttpError(404, "Not found");
}
