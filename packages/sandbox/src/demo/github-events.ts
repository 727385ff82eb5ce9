import { existsSync, readFileSync } from "node:fs";
import { isJsonObject, parseJsonObject } from "../json.ts";
import type { DemoEvent } from "./demo-event.ts";

/**
 * Reads recorded GitHub webhooks, one JSON object `{ name, event, payload }` a line.
 *
 * @param files the first that exists is taken.
 * @throws Error naming the line that holds something else.
 */
export function readGithubEvents(files: readonly string[]): DemoEvent[] {
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [parseWebhook(line, `${file}:${index + 1}`)],
  );
}

function parseWebhook(line: string, place: string): DemoEvent {
  const { event, payload } = parseJsonObject(line) ?? {};
  if (typeof event !== "string" || !isJsonObject(payload)) {
    throw new Error(`${place} is not a webhook with event and payload`);
  }
  return { type: `github.${event}`, source: "github", payload };
}
