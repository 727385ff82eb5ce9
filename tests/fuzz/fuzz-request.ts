import type { CallerName } from "./world.ts";

/** A request as it is sent, save that ids of things that exist are still placeholders. */
export interface FuzzRequest {
  caller: CallerName;
  method: string;
  /** Path and query. */
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: Buffer | undefined;
  /** Whether the body is compressed or otherwise no text: placeholders in it cannot be filled in any more. */
  encode: BodyEncoding;
}

/** How a body is packed, after its placeholders are filled in. */
export type BodyEncoding = "identity" | "gzip" | "br" | "deflate" | "broken gzip" | "gzip twice" | "unknown";
