import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { freePort, isPortFree } from "./free-port.ts";

it("a free port is one that the system gives to nobody who asks for any", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: given } = server.address() as AddressInfo;
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort()));
  server.close();
  expect(given).toBeGreaterThan(Math.max(...ports));
});

it("a port on which somebody listens is not free", async () => {
  const port = await freePort();
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await isPortFree(port)).toBe(false);
  server.close();
  await once(server, "close");
  expect(await isPortFree(port)).toBe(true);
});
