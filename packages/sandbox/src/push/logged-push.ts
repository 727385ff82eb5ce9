/** One push notification, as it came and was answered. */
export interface LoggedPush {
  /** When it came (ISO 8601). */
  at: string;
  token: string;
  /** What the provider knows it by: the delivery id. */
  id: string | null;
  /** The message, or the payload. */
  body: unknown;
  /** Null when it was never answered. */
  status: number | null;
}
