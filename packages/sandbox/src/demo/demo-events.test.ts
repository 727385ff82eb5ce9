import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readGithubEvents } from "./github-events.ts";
import { mix } from "./mix.ts";
import { makeTransfers } from "./transfers.ts";

const sample = join(import.meta.dirname, "../../data/github-webhooks-sample.jsonl");

it("the bundled sample holds webhooks that the demo rules match, in at most 150 kB", () => {
  const types = readGithubEvents([join(tmpdir(), "no-such-file"), sample]).map(({ type }) => type);
  expect(types).toContain("github.issues");
  expect(types).toContain("github.dependabot_alert");
  expect(readFileSync(sample).length).toBeLessThanOrEqual(150_000);
});

it("a line that is no webhook is named", () => {
  const folder = mkdtempSync(join(tmpdir(), "demo-"));
  const file = join(folder, "broken.jsonl");
  writeFileSync(file, '{"event":"push","payload":{}}\n{"event":"push"}\n');
  expect(() => readGithubEvents([file])).toThrow(`${file}:2 is not a webhook`);
  rmSync(folder, { recursive: true });
});

it("transfers are the same for the same seed, and fail in part with large and small amounts", () => {
  const transfers = makeTransfers(200, 1);
  expect(makeTransfers(200, 1)).toEqual(transfers);
  expect(makeTransfers(200, 2)).not.toEqual(transfers);
  const failed = transfers.filter(({ type }) => type === "transfer.failed");
  const large = failed.filter(({ payload }) => Number(payload["amount"]) > 10_000);
  expect(failed.length).toBeGreaterThan(30);
  expect(large.length).toBeGreaterThan(5);
  expect(failed.length - large.length).toBeGreaterThan(5);
});

it("two lists are mixed evenly, each in its order", () => {
  expect(mix(["1", "2"], ["a", "b", "c", "d"])).toEqual(["a", "1", "b", "c", "2", "d"]);
  expect(mix([], ["a", "b"])).toEqual(["a", "b"]);
});
