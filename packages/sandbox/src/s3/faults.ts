/** How calls fail: with a status, late, never answered, cut before anything is done, or cut after it was done. */
export const S3_FAULT_KINDS = ["500", "503", "slow", "hang", "drop", "lost"] as const;
export type S3FaultKind = (typeof S3_FAULT_KINDS)[number];
