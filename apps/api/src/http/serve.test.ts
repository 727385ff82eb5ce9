import { Agent, get } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { serve, stopServing } from "./serve.ts";

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
    const server = await serve(
      (_request, response) => {
        finish = () => response.end("answered");
        arrived.resolve();
      },
      0,
      "127.0.0.1",
    );
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
    const server = await serve(() => {}, 0, "127.0.0.1");
    const { port } = server.address() as AddressInfo;
    await expect(serve(() => {}, port, "127.0.0.1")).rejects.toMatchObject({ code: "EADDRINUSE" });
    await stopServing(server);
  });
});
