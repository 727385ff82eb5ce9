import type { Channel } from "./channel.ts";

/** Told how long after its making an alert was taken by a provider. Seconds. */
export type MeasureDelivery = (channel: Channel["name"], seconds: number) => void;

/** How long ago an alert was made. Seconds. */
export function ageOf({ createdAt }: { createdAt: Date }, now: Date): number {
  return (now.getTime() - createdAt.getTime()) / 1000;
}
