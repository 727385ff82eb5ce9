import type { Find, FuzzSummary } from "./run-fuzz.ts";
import type { WireRequest } from "./send.ts";

/** Longer bodies are shown with their length alone. Characters. */
const shownBody = 2_000;
const shownPath = 1_000;

/** A request as a command that makes it again; what is no text stands there as hexadecimal. */
export function asCurl({ method, path, headers, body }: WireRequest): string {
  const options = [
    ...methodOption(method),
    "--path-as-is",
    ...headers.flatMap(([name, value]) => ["-H", quote(`${name}: ${shortened(value)}`)]),
  ];
  return `${bodyOf(body)}curl -s ${options.join(" ")} "$URL"${quote(path.length > shownPath ? `${path.slice(0, shownPath)}…(${path.length})` : path)}`;
}

function methodOption(method: string): string[] {
  if (method === "GET") return [];
  return method === "HEAD" ? ["--head"] : ["-X", method];
}

function bodyOf(body: Buffer | undefined): string {
  if (!body || body.length === 0) return "";
  const text = body.toString();
  const isPlain = !/\p{Cc}/u.test(text.replaceAll(/[\t\r\n]/g, ""));
  const isText = isPlain && Buffer.from(text).equals(body);
  if (!isText)
    return `# body, ${body.length} bytes: ${body.toString("hex", 0, 200)}${body.length > 200 ? "…" : ""}\n`;
  if (text.length > shownBody)
    return `# body, ${body.length} bytes: ${text.slice(0, 300)} … ${text.slice(-60)}\n`;
  return `printf %s ${quote(text)} | `;
}

function shortened(value: string): string {
  return value.length > 200 ? `${value.slice(0, 100)}…(${value.length})` : value;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A find with the way to it. */
export function describeFind({ target, violation, request, status, answer, seed, step }: Find): string {
  return [
    `✗ ${target}: ${violation}`,
    `  seed ${seed}, step ${step}${status === undefined ? "" : `, status ${status}`}`,
    ...(request ? [indent(asCurl(request))] : []),
    `  → ${answer.replaceAll("\n", " ")}`,
  ].join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}

/** One line of how far a run is. */
export function describeProgress({ requests, finds, memory, slowest }: FuzzSummary, seconds: number): string {
  const now = Math.round(memory.at(-1) ?? 0);
  return `  ${Math.round(seconds)} s: ${requests} requests, ${finds.length} finds, slowest ${Math.round(slowest)} ms, API ${now} MB`;
}

/** What a run came to, as a table of a few lines. */
export function describeSummary({
  requests,
  asked,
  statuses,
  finds,
  slow,
  slowest,
  memory,
}: FuzzSummary): string {
  const byStatus = [...statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status || "none"} ×${count}`);
  const quarter = Math.max(1, Math.floor(memory.length / 4));
  return [
    `${requests} requests to ${asked.size} operations and procedures: ${byStatus.join("  ")}`,
    `${finds.length} kinds of wrong answers`,
    ...finds.map(
      ({ target, others, violation }) => `  ${violation}: ${[target, ...others].slice(0, 8).join(", ")}`,
    ),
    `503 with Retry-After: ${statuses.get(503) ?? 0}`,
    `slowest answer ${Math.round(slowest)} ms; over 1 s twice in a row: ${slow.length}`,
    ...slow
      .slice(0, 20)
      .map((one) => `  ${Math.round(one.milliseconds)} ms ${one.target}\n${indent(asCurl(one.request))}`),
    `memory of the API: median ${median(memory.slice(0, quarter))} MB in the first quarter, ${median(memory.slice(-quarter))} MB in the last, at most ${Math.round(Math.max(...memory))} MB`,
  ].join("\n");
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}
