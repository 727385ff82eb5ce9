import type { ChannelName } from "@tocsin/contracts/channels";
import type { RealtimeNotification } from "@tocsin/contracts/realtime";

/** Someone, or some device, to reach. */
export interface DeliveryTarget {
  /** A user or a device, as the channel has it. */
  id: string;
  /** The channel or the token. */
  address: string;
  /** A UUID, the same whenever this delivery to this target is tried again. */
  deliveryId: string;
  /** APNs only: where the token is valid, and for which app. */
  environment?: "production" | "sandbox";
  topic?: string;
}

/** What is to be said. */
export type DeliveryMessage =
  /** An alert; a quiet one is shown and makes no sound. */
  | { type: "alert"; notification: RealtimeNotification; message: string; isQuiet: boolean }
  /** An alert that was shown is over: take it away. */
  | {
      type: "withdrawal";
      notificationId: string;
      reason: "acknowledged" | "resolved" | "read" | "deleted";
    }
  /** So many alerts came without a sound. */
  | { type: "summary"; count: number; title: string };

/** The same message for many. */
export interface DeliveryRequest {
  message: DeliveryMessage;
  targets: readonly DeliveryTarget[];
}

/** How a provider took it. */
export type DeliveryOutcome =
  | { status: "accepted"; providerId: string | null }
  /**
   * Trying again may help; not before `retryAfterMs`, where the provider said so. `isOurs`: the provider refuses our
   * credentials or settings, and somebody has to put them right.
   */
  | { status: "transient"; errorCode: string; message: string; retryAfterMs: number | null; isOurs?: boolean }
  /** Trying again cannot help. */
  | { status: "permanent"; errorCode: string; message: string }
  /** The address is no more; `since`: as the provider learned it, null where it does not say. */
  | { status: "gone"; errorCode: string; message: string; since: Date | null }
  /**
   * The provider was not asked, which is no try: it is left alone for a while (`paused`), or the call was called back
   * while it waited for its turn (`called_back`). It is to be asked after `retryAfterMs`.
   */
  | { status: "not_called"; errorCode: "paused" | "called_back"; retryAfterMs: number };

/** Whether a provider may have taken it, also where nobody knows: it did not answer, or not clearly. */
export function mayBeTaken(outcome: DeliveryOutcome): boolean {
  return outcome.status === "accepted" || (outcome.status === "transient" && outcome.isOurs !== true);
}

/** Asked of each target right before its call: whether it is still to be made. */
export type MayCall = (target: DeliveryTarget) => boolean;

/** A way to reach people. Every channel passes the same contract test. */
export interface Channel {
  readonly name: ChannelName;
  /** How many targets one request may have. */
  readonly maximumTargets: number;
  /**
   * One outcome per target of each request, in order. Never throws. Each call answers within its own time limit (5 s),
   * counted from when it is made: before, it may wait for its turn.
   */
  deliver(requests: readonly DeliveryRequest[], mayCall?: MayCall): Promise<DeliveryOutcome[][]>;
}
