import type { Weekly } from "@tocsin/contracts/api/silences";
import { weeklyEnd } from "../weekly-end.ts";

/** When a silence holds. */
export interface SilenceTimes {
  startsAt: Date;
  endsAt: Date | null;
  weekly: Weekly | null;
}

/** Whether a silence holds at an instant. The start belongs to it, the end does not. */
export function isInForce({ startsAt, endsAt, weekly }: SilenceTimes, at: Date): boolean {
  if (at < startsAt || (endsAt !== null && at >= endsAt)) return false;
  return weekly === null || weeklyEnd(weekly, at) !== null;
}
