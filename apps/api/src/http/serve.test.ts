import { Agent, get } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { serve, stopServing } from "./serve.ts";

const here = { port: 0, host: "127.0.0.1" };

/** Asks over a connection that is kept; gives the body, or the error's code. */
function ask(agent: Agent, port: number): Promise<string> {
  return new Promise((resolve) => {
    const asking = get({ agent, port, host: "127.0.0.1" }, (answer) => {
      answer.setEncoding("utf8");
      answer.once("data", resolve);
    });
    asking.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
  });
}

describe("stopServing", () => {
  it("answers what is under way, takes nothing new, and does not wait for idle connections", async () => {
    let finish = () => {};
    const arrived = Promise.withResolvers<void>();
    const server = await serve((_request, response) => {
      finish = () => response.end("answered");
      arrived.resolve();
    }, here);
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });
    const underWay = ask(agent, port);
    await arrived.promise;
    const stopped = stopServing(server);
    expect(await ask(new Agent(), port)).toBe("ECONNREFUSED");
    finish();
    expect(await underWay).toBe("answered");
    await stopped;
    agent.destroy();
  });
});

describe("serve", () => {
  it("refuses a port that is taken", async () => {
    const server = await serve(() => {}, here);
    const { port } = server.address() as AddressInfo;
    await expect(serve(() => {}, { ...here, port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await stopServing(server);
  });
});

/** Sends bytes over a connection of their own; gives all that comes back until it is closed. */
function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    socket.write(bytes);
  });
}

describe("what is no request", () => {
  it.each([
    ["malformed", "nonsense\r\n\r\n", 400],
    ["malformed", "GET / HTTP/1.1\r\nHost : a\r\nno header\r\n\r\n", 400],
    ["headers too large", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    ["timeout", "GET / HTTP/1.1\r\n", 408],
  ])("is answered with a problem and told: %s", async (reason, bytes, status) => {
    const told: string[] = [];
    const server = await serve(() => {}, {
      ...here,
      headersTimeout: 100,
      onBadConnection: (what) => told.push(what),
    });
    const answer = await sendRaw((server.address() as AddressInfo).port, bytes);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain("Content-Type: application/problem+json");
    expect(JSON.parse(answer.split("\r\n\r\n")[1] ?? "")).toMatchObject({
      status,
      instance: "",
      requestId: expect.any(String),
    });
    expect(told).toEqual([reason]);
    await stopServing(server);
  });

  it("is answered without a body where it was to be a HEAD", async () => {
    const server = await serve(() => {}, here);
    const { port } = server.address() as AddressInfo;
    const answer = await sendRaw(port, "HEAD %2Fhealth HTTP/1.1\r\nHost: a\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*\r\n\r\n$/);
    await stopServing(server);
  });

  it("beyond the most connections is closed, while those that are open go on", async () => {
    const told: string[] = [];
    const server = await serve((_request, response) => void response.end("answered"), {
      ...here,
      maxConnections: 1,
      onBadConnection: (what) => told.push(what),
    });
    const { port } = server.address() as AddressInfo;
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(agent, port)).toBe("answered");
    expect(await sendRaw(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")).toBe("");
    expect(told).toEqual(["too many"]);
    expect(await ask(agent, port)).toBe("answered");
    agent.destroy();
    await stopServing(server);
  });
});

describe("Expect", () => {
  it("is not answered with 417, and 100-continue only by who reads the body", async () => {
    const server = await serve((_request, response) => void response.end("answered"), here);
    const { port } = server.address() as AddressInfo;
    const send = (expectation: string) =>
      sendRaw(
        port,
        `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\nExpect: ${expectation}\r\n\r\n`,
      );
    for (const expectation of ["100-continue", "the-spanish-inquisition"]) {
      expect((await send(expectation)).split("\r\n")[0]).toBe("HTTP/1.1 200 OK");
    }
    await stopServing(server);
  });
});
