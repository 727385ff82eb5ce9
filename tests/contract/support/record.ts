import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { checkExchange } from "./check-answer.ts";
import { readDocument } from "./document.ts";
import type { Exchange } from "./exchange.ts";

/** One answer, as it is kept. */
export interface Answer {
  /** The test file that asked; a path from the top folder. */
  test: string;
  /** Undefined where the document has no such operation: a refusal. */
  operation?: string;
  status: number;
  /** What was wrong, each as a line with the route, the status, the place and what was expected. */
  violations?: string[];
}

const folder = join(import.meta.dirname, "../../../.local/contract");

/** What the document describes; the Pusher stand-in and others answer elsewhere. */
const described = /^\/(?:api\/|health$|ready$|openapi\.json$)/;

function fileOf(test: string): string {
  return join(folder, `${createHash("sha256").update(test).digest("hex").slice(0, 16)}.jsonl`);
}

/** What servers answer that stand in for the API in a test: I'm a teapot. */
const notTheApi = 418;

/** Forgets what a test file asked before. */
export function startRecord(test: string): void {
  mkdirSync(folder, { recursive: true });
  rmSync(fileOf(test), { force: true });
}

/** Judges an exchange and keeps the verdict, before whoever asked has the answer. */
export function recordExchange(test: string, exchange: Exchange): void {
  if (!described.test(exchange.url)) return;
  const document = readDocument();
  if (exchange.status === notTheApi) return;
  if (exchange.url === "/openapi.json" && exchange.status === 200) {
    const isCommitted = exchange.body.toString() === JSON.stringify(document);
    if (!isCommitted) append({ test, status: 200, violations: ["What is served is not docs/openapi.json"] });
    return;
  }
  const { operation, status, violations } = checkExchange(document, exchange);
  append({
    test,
    status,
    ...(operation !== undefined && { operation }),
    ...(violations.length > 0 && {
      violations: violations.map(
        (line) => `${exchange.method} ${exchange.url.slice(0, 200)} → ${status}: ${line}`,
      ),
    }),
  });
}

function append(answer: Answer): void {
  appendFileSync(fileOf(answer.test), `${JSON.stringify(answer)}\n`);
}

/** What a test file was answered since the last time this was asked. */
export function createRecordReader(test: string): () => Answer[] {
  let offset = 0;
  return () => {
    const text = readText(fileOf(test)).slice(offset);
    // A line that another process is still writing is left for the next time.
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    offset += whole.length;
    return parseLines(whole);
  };
}

/** What all test files were answered when they last ran. */
export function readRecords(): Answer[] {
  try {
    return readdirSync(folder).flatMap((name) => parseLines(readText(join(folder, name))));
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

function parseLines(text: string): Answer[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(Buffer.from(line, "latin1").toString("utf8")) as Answer);
}
