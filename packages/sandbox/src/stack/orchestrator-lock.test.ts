import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readLivePidFile } from "../engines/pid-file.ts";
import { claimOrchestrator, releaseOrchestrator } from "./orchestrator-lock.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-lock-"));
  file = join(folder, "start.pid");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a second start in the same clone is refused and told how to end the first", () => {
  claimOrchestrator(file);
  expect(() => claimOrchestrator(file)).toThrow(
    /already runs in this clone \(process \d+\); npm stop ends it/,
  );
});

test("what a killed start left behind is taken over", () => {
  writeFileSync(file, JSON.stringify({ name: "npm start", pid: process.pid, identity: "before the reboot" }));
  claimOrchestrator(file);
  expect(readLivePidFile(file)?.pid).toBe(process.pid);
});

test("after its release the place is free", () => {
  claimOrchestrator(file);
  releaseOrchestrator(file);
  expect(() => claimOrchestrator(file)).not.toThrow();
});
