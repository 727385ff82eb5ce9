/** One call, as it came and was answered. */
export interface LoggedS3Request {
  /** When it came (ISO 8601). */
  at: string;
  method: string;
  /** With the query: what a signed URL consists of. */
  target: string;
  /** How many bytes the body had. */
  bytes: number;
  /** Null when it was never answered. */
  status: number | null;
}
