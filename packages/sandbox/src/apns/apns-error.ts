import type { ApnsFaultKind } from "./faults.ts";

/** An error as APNs tells it. https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns */
export class ApnsError extends Error {
  readonly status: number;
  readonly reason: string;
  /** When the token was found to be no more. Milliseconds since 1970. */
  readonly timestamp: number | undefined;

  constructor(status: number, reason: string, timestamp?: number) {
    super(reason);
    this.status = status;
    this.reason = reason;
    this.timestamp = timestamp;
  }
}

/** The answers that can be ordered. */
export function orderedError(kind: Exclude<ApnsFaultKind, "hang" | "drip" | "drop" | "goaway">): ApnsError {
  switch (kind) {
    case "429":
      return new ApnsError(429, "TooManyRequests");
    case "500":
      return new ApnsError(500, "InternalServerError");
    case "503":
      return new ApnsError(503, "ServiceUnavailable");
    case "unregistered":
      return new ApnsError(410, "Unregistered", Date.now());
    case "bad-token":
      return new ApnsError(400, "BadDeviceToken");
  }
}
