import type { Request } from "express";

/** The path of a request as it was typed, without its query. */
export function pathOf({ originalUrl }: Pick<Request, "originalUrl">): string {
  // The absolute form, as proxies are asked: RFC 9112, section 3.2.2.
  const relative = originalUrl.replace(/^https?:\/\/[^/?]*/i, "");
  const end = relative.indexOf("?");
  return end < 0 ? relative : relative.slice(0, end);
}
