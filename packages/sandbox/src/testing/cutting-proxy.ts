import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { listen } from "../stand-in/listen.ts";

/** A way to a server that can lose an answer. */
export interface CuttingProxy {
  port: number;
  /** The next statement reaches the server; its answer does not come back, and the connection is cut. */
  loseNextAnswer(): void;
  close(): Promise<void>;
}

/** Passes everything on to a server on this machine, until it is told to lose an answer. */
export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let isToLose = false;
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    let isLosing = false;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk: Buffer) => {
      if (isToLose) [isToLose, isLosing] = [false, true];
      upstream.write(chunk);
    });
    upstream.on("data", (chunk: Buffer) => {
      if (isLosing) client.destroy();
      else client.write(chunk);
    });
  });
  const port = await listen(server, 0, "127.0.0.1");
  return {
    port,
    loseNextAnswer: () => void (isToLose = true),
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
