import type { FcmFaultKind } from "./faults.ts";

/** An error as FCM tells it. https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
export class FcmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly reason: string | null;
  readonly retryAfter: number | null;

  constructor(
    status: number,
    code: string,
    message: string,
    reason: string | null,
    retryAfter: number | null = null,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.reason = reason;
    this.retryAfter = retryAfter;
  }

  /** The body of the answer. */
  toBody(): object {
    const type = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
    return {
      error: {
        code: this.status,
        message: this.message,
        status: this.code,
        ...(this.reason !== null && { details: [{ "@type": type, errorCode: this.reason }] }),
      },
    };
  }
}

export const invalidArgument = (message: string) =>
  new FcmError(400, "INVALID_ARGUMENT", message, "INVALID_ARGUMENT");
export const unauthenticated = () =>
  new FcmError(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.", null);
/** As Google says it of a project; of a token it says UNREGISTERED beside. */
export const unknownProject = () => new FcmError(404, "NOT_FOUND", "Requested entity was not found.", null);

/** The answers that can be ordered. */
export const orderedErrors: Readonly<Record<Exclude<FcmFaultKind, "hang" | "drip" | "drop">, FcmError>> = {
  "429": new FcmError(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", "QUOTA_EXCEEDED", 2),
  "500": new FcmError(500, "INTERNAL", "Internal error encountered.", "INTERNAL"),
  "503": new FcmError(503, "UNAVAILABLE", "The service is currently unavailable.", "UNAVAILABLE"),
  unregistered: new FcmError(404, "NOT_FOUND", "Requested entity was not found.", "UNREGISTERED"),
  invalid: invalidArgument("The registration token is not a valid FCM registration token"),
  mismatch: new FcmError(403, "PERMISSION_DENIED", "SenderId mismatch", "SENDER_ID_MISMATCH"),
};
