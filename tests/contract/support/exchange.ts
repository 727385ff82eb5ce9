/** A request and its answer as they went over the wire. */
export interface Exchange {
  method: string;
  /** Path and query. */
  url: string;
  requestHeaders: Readonly<Record<string, string | string[] | undefined>>;
  requestBody: Buffer;
  status: number;
  headers: Readonly<Record<string, string | string[] | number | undefined>>;
  body: Buffer;
}

/** The media type of a header, without its parameters. */
export function mediaType(header: string | string[] | number | undefined): string {
  return String(header ?? "")
    .split(";", 1)
    .join("")
    .trim()
    .toLowerCase();
}

/** Whether a media type is JSON's: application/json, application/problem+json. */
export function isJson(type: string): boolean {
  return /[/+]json$/.test(type);
}
