import { parseJsonObject } from "../json.ts";
import type { Control } from "../stand-in/control.ts";
import { type Faults, readFault } from "../stand-in/faults.ts";
import type { Latency } from "../stand-in/latency.ts";
import type { RequestLog } from "../stand-in/request-log.ts";
import type { LoggedPush } from "./logged-push.ts";

/** What a push stand-in keeps. */
export interface PushState<Kind extends string> {
  kinds: readonly Kind[];
  /** How the next calls fail. */
  faults: Faults<Kind>;
  /** How every call to a token fails. */
  tokenFaults: Map<string, Kind>;
  latency: Latency;
  pushes: RequestLog<LoggedPush>;
}

/** What is ordered of a push stand-in: failures may also name a token, `{ kind, token }`. */
export function pushControl<Kind extends string>(state: PushState<Kind>): Control<Kind> {
  const { kinds, faults, tokenFaults, latency, pushes } = state;
  const list = () => ({ faults: faults.list(), tokens: Object.fromEntries(tokenFaults) });
  return {
    kinds,
    faults,
    latency,
    logs: { pushes },
    orders: {
      "GET faults": list,
      "POST faults": (body) => {
        const order = parseJsonObject(body.toString("utf8"));
        const fault = readFault(order, kinds);
        const token = order?.["token"];
        if (typeof token === "string") tokenFaults.set(token, fault.kind);
        else faults.add(fault);
        return list();
      },
      "DELETE faults": () => {
        faults.clear();
        tokenFaults.clear();
        return list();
      },
    },
  };
}
