import { positionAt, type Problem } from "./errors.ts";
import type { EventFacts } from "./event-facts.ts";
import { linkLimits } from "./limits.ts";
import { type Template, textOf } from "./template.ts";

/** `https://`, a host, perhaps a port, and what ends them. No user name, nothing that is invisible. */
const origin = /^https:\/\/[^\s\p{Cc}\p{Cf}/?#@\\%]+(?:[/?#]|$)/u;

/** What browsers leave out of a link, or read as a slash. */
// eslint-disable-next-line no-control-regex
const misread = /[\u0000-\u001f\u007f\\]/u;

/** What browsers take for the folder itself or the one above, however it is spelt. */
const dotSegment = /^(?:\.|%2e){1,2}$/i;

/**
 * What is wrong with a template of a link; undefined where nothing is. An event fills in parts of its path, query and
 * fragment, and nothing else: scheme, host, port and the first slash are literal.
 */
export function checkLinkTemplate({ source, parts }: Template): Problem | undefined {
  const [literal = ""] = parts;
  const problem = (message: string, expected: string): Problem => ({
    message,
    position: positionAt(source, 0),
    found: source.length > 60 ? `${source.slice(0, 60).toWellFormed()}…` : source,
    expected: [expected],
  });
  const [start] = (typeof literal === "string" && origin.exec(literal)) || [""];
  const isPathLiteral = parts.length === 1 || start.endsWith("/");
  if (!URL.canParse(start) || !isPathLiteral)
    return problem(
      "A link begins with https://, a host and a /, all of them written out: no placeholder, user name or backslash",
      "https://host/…",
    );
  const sketch = parts.map((part) => (typeof part === "string" ? part : "x")).join("");
  if (misread.test(sketch))
    return problem("A link has neither backslashes nor control characters", "the characters themselves");
  if (hasDotSegment(sketch)) return problem("The path of a link has no . or .. segments", "the path itself");
  return undefined;
}

/**
 * A link with an event's values in it, percent-encoded where they stand; undefined where it would not be one: too long,
 * a `.` or `..` as part of its path, or a template that breaks the rules of {@link checkLinkTemplate}.
 */
export function renderLink(template: Template, event: EventFacts): string | undefined {
  if (checkLinkTemplate(template)) return undefined;
  let link = "";
  for (const part of template.parts) {
    if (typeof part === "string") link += part;
    else link += encodeURIComponent((textOf(part, event) ?? part.fallback ?? "").toWellFormed());
    if (link.length > linkLimits.characters) return undefined;
  }
  return URL.canParse(link) && !hasDotSegment(link) ? link : undefined;
}

function hasDotSegment(link: string): boolean {
  const [path = ""] = link.split(/[?#]/u, 1);
  return path.split(/[/\\]/u).some((segment) => dotSegment.test(segment));
}
