import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startPusherServer } from "../pusher/server.ts";
import { createConsoleFiles } from "./console-files.ts";

it("serves the page, the real pusher-js and what npm start wrote, and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "console-"));
  const readyFile = join(folder, "ready.json");
  const consoleFiles = createConsoleFiles(readyFile);
  const server = await startPusherServer({ appId: "1", key: "k", secret: "s", consoleFiles });
  const read = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
    return {
      status: response.status,
      type: response.headers.get("Content-Type"),
      body: await response.text(),
    };
  };
  expect(await read("/console")).toMatchObject({ status: 200, type: "text/html; charset=utf-8" });
  const script = await read("/console/pusher.js");
  expect(script.type).toBe("text/javascript; charset=utf-8");
  expect(script.body.includes("connection_established")).toBe(true);
  expect(await read("/console/system.json")).toMatchObject({ status: 200, body: "{}" });
  writeFileSync(readyFile, '{"api":"http://127.0.0.1:3000"}');
  expect(await read("/console/system.json")).toMatchObject({ body: '{"api":"http://127.0.0.1:3000"}' });
  expect(await read("/console/../main.ts")).toMatchObject({ status: 404 });
  await server.close();
  rmSync(folder, { recursive: true });
});
