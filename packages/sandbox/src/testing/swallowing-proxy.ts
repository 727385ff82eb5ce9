import type { Socket } from "node:net";
import { forward, type Forwarder } from "./forward.ts";

/** A way to a server on which connections can go half-open: whatever is sent is taken, and nobody answers. */
export interface SwallowingProxy extends Forwarder {
  /** From here on nothing passes on the connections that are open now. New ones are passed on. */
  swallow(): void;
  /** From here on nothing passes at all: new connections are taken, and get no answer either. */
  swallowAll(): void;
  /** New connections are passed on again; those that were swallowed stay dead. */
  heal(): void;
}

/** Passes everything on to a server on this machine, until it is told to swallow it. */
export async function startSwallowingProxy(serverPort: number): Promise<SwallowingProxy> {
  const passing = new Set<Socket>();
  let isDeaf = false;
  const forwarder = await forward(
    () => serverPort,
    (client, upstream) => {
      if (!isDeaf) passing.add(client);
      client.on("close", () => passing.delete(client));
      client.on("data", (chunk: Buffer) => passing.has(client) && upstream.write(chunk));
      upstream.on("data", (chunk: Buffer) => passing.has(client) && client.write(chunk));
    },
  );
  return {
    ...forwarder,
    swallow: () => passing.clear(),
    swallowAll() {
      isDeaf = true;
      passing.clear();
    },
    heal: () => void (isDeaf = false),
  };
}
