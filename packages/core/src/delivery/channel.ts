import type { RealtimeNotification } from "@tocsin/contracts/realtime";

/** One call's worth of a delivery. */
export interface DeliveryRequest {
  /** The same whenever this delivery is tried again. */
  deliveryId: string;
  userIds: readonly string[];
  notification: RealtimeNotification;
}

/** How a provider took it. */
export type DeliveryOutcome =
  | { status: "accepted"; providerId: string | null }
  /** Trying again may help; not before `retryAfterMs`, where the provider said so. */
  | { status: "transient"; errorCode: string; message: string; retryAfterMs: number | null }
  /** Trying again cannot help. */
  | { status: "permanent"; errorCode: string; message: string };

/** A way to reach people. Every channel passes the same contract test. */
export interface Channel {
  readonly name: "pusher" | "fcm" | "apns";
  /** How many people one call may reach. */
  readonly maximumRecipients: number;
  /** Makes one call. Never throws: whatever goes wrong is an outcome. Answers within its own time limit. */
  deliver(request: DeliveryRequest): Promise<DeliveryOutcome>;
}
