import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { runWithCorrelation } from "./correlation.ts";
import { createLogger, type LogFormat, type Logger, type LogLevel } from "./logger.ts";

function linesOf(
  work: (log: Logger) => void,
  { level = "debug", format = "json" }: { level?: LogLevel; format?: LogFormat } = {},
): string[] {
  const destination = new PassThrough();
  work(createLogger({ service: "test", level, format, destination }));
  return String(destination.read() ?? "")
    .split("\n")
    .filter((line) => line !== "");
}

function recordOf(work: (log: Logger) => void): Record<string, unknown> {
  const [line = "{}"] = linesOf(work);
  return JSON.parse(line) as Record<string, unknown>;
}

describe("createLogger", () => {
  it("writes one JSON object a line, with time, level and service", () => {
    const record = recordOf((log) => log.info("Started", { port: 3000 }));
    expect(record).toMatchObject({ level: "info", service: "test", message: "Started", port: 3000 });
    expect(Date.parse(String(record["timestamp"]))).not.toBeNaN();
  });

  it("leaves out what is below the level", () => {
    const lines = linesOf(
      (log) => {
        log.debug("a");
        log.info("b");
        log.warn("c");
        log.error("d");
      },
      { level: "warn" },
    );
    expect(lines.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual(["c", "d"]);
  });

  it("adds the ids of the running request to every line", () => {
    const record = recordOf((log) =>
      runWithCorrelation({ requestId: "request-1" }, () =>
        runWithCorrelation({ correlationId: "correlation-1" }, () => log.warn("Slow")),
      ),
    );
    expect(record).toMatchObject({ requestId: "request-1", correlationId: "correlation-1" });
  });

  it("never writes a secret, at any depth", () => {
    const canary = "canary-4711";
    const [line] = linesOf((log) =>
      log.info("Login", {
        password: canary,
        headers: { authorization: `Bearer ${canary}`, Cookie: canary },
        list: [{ refreshToken: canary, apiKey: canary, "api-key": canary, JWT_SECRET: canary }],
        error: new Error("failed", { cause: { signature: canary } }),
      }),
    );
    expect(line).not.toContain(canary);
    expect(line).toContain("[redacted]");
  });

  it.each(["json", "pretty"] as const)("keeps line breaks within a value on the line (%s)", (format) => {
    const forged = 'x\n{"level":"error","message":"forged"}';
    const lines = linesOf((log) => log.info(`About ${forged}`, { value: forged }), { format });
    expect(lines).toHaveLength(1);
  });

  it("writes an error's message, code and cause", () => {
    const error = Object.assign(new Error("No connection", { cause: new Error("refused") }), {
      code: "ECONNREFUSED",
    });
    expect(recordOf((log) => log.error("Failed", { error }))["error"]).toMatchObject({
      name: "Error",
      message: "No connection",
      code: "ECONNREFUSED",
      cause: { message: "refused" },
    });
  });

  it("survives a value that contains itself, and a bigint", () => {
    const loop: Record<string, unknown> = { count: 1n };
    loop["self"] = loop;
    expect(recordOf((log) => log.info("Loop", { loop }))["loop"]).toMatchObject({ count: "1" });
  });
});
