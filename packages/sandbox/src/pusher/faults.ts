/** How calls to the HTTP API fail: with a status, by never being answered, or by a cut connection. */
export const PUSHER_FAULT_KINDS = ["429", "500", "hang", "drop"] as const;
export type PusherFaultKind = (typeof PUSHER_FAULT_KINDS)[number];
