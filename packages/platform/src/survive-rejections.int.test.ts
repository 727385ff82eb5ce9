import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { runToEnd } from "@tocsin/sandbox/testing/run-to-end";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let folder: string;

beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "tocsin-rejections-"))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const urlOf = (name: string) => pathToFileURL(join(import.meta.dirname, name)).href;

/** Runs a process that is set up as both apps are, with this for its work. */
function run(work: string) {
  const program = join(folder, "program.ts");
  writeFileSync(
    program,
    `import { createLogger } from "${urlOf("logger.ts")}";
     import { createMetricsRegistry } from "${urlOf("metrics.ts")}";
     import { createShutdown } from "${urlOf("shutdown.ts")}";
     import { surviveRejections } from "${urlOf("survive-rejections.ts")}";
     const log = createLogger({ service: "test", level: "info", format: "json" });
     const shutdown = createShutdown({ log, deadlineMs: 1000 });
     surviveRejections(log);
     const registry = createMetricsRegistry("test");
     ${work}`,
  );
  return runToEnd(program, {});
}

describe("a process of ours", () => {
  it("goes on after a promise failed that nobody waited for, and logs and counts it", () => {
    const { status, lines } = run(`
      for (const name of ["one", "other"]) void Promise.reject(new Error(name));
      setImmediate(async () => {
        const metrics = await registry.getMetricsAsJSON();
        console.log(metrics.find(({ name }) => name === "tocsin_unhandled_rejections_total").values[0].value);
        await shutdown.run("the end of the test");
      });`);
    expect(status).toBe(0);
    expect(lines.filter((line) => line.includes("A promise failed that nobody waited for"))).toEqual([
      expect.stringContaining("one"),
      expect.stringContaining("other"),
    ]);
    expect(lines).toContain("2");
  });

  it("ends with 1, in order, after something was thrown that nobody caught", () => {
    const { status, lines } = run(`
      shutdown.add("step", () => console.log("step"));
      setImmediate(() => { throw new Error("canary-4711"); });
      setInterval(() => {}, 1000);`);
    expect(status).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/canary-4711.*Something was thrown that nobody caught/),
      expect.stringContaining("Stopping"),
      "step",
      expect.stringContaining("Stopped"),
    ]);
  });
});
