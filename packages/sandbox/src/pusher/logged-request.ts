/** One call to the HTTP API, as it came and was answered. */
export interface LoggedRequest {
  /** When it came (ISO 8601). */
  at: string;
  method: string;
  path: string;
  /** The body as text. */
  body: string;
  /** Null when it was never answered. */
  status: number | null;
}
