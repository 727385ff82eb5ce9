/** How FCM fails: by a status, by what it says of a token, by silence, a trickle, or a cut connection. */
export const FCM_FAULT_KINDS = [
  "429",
  "500",
  "503",
  "unregistered",
  "invalid",
  "mismatch",
  "hang",
  "drip",
  "drop",
] as const;
export type FcmFaultKind = (typeof FCM_FAULT_KINDS)[number];
