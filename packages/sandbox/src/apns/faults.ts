/** How APNs fails: by a status, by what it says of a token, by silence, a trickle, a cut stream, or a farewell. */
export const APNS_FAULT_KINDS = [
  "429",
  "500",
  "503",
  "unregistered",
  "bad-token",
  "hang",
  "drip",
  "drop",
  "goaway",
] as const;
export type ApnsFaultKind = (typeof APNS_FAULT_KINDS)[number];
