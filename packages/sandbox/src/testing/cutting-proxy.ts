import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { listen } from "../stand-in/listen.ts";

/** A way to a server that can lose an answer. */
export interface CuttingProxy {
  port: number;
  /** So many answers more come back; the next statement reaches the server, and instead of its answer the line is cut. */
  loseAnswerAfter(answers: number): void;
  hasLost(): boolean;
  close(): Promise<void>;
}

/** Passes everything on to a server on this machine, until it is told to lose an answer. */
export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  const open = new Set<Socket>();
  let answersLeft = Infinity;
  let hasLost = false;
  const server = createServer((client) => {
    const upstream = connect(serverPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk: Buffer) => upstream.write(chunk));
    upstream.on("data", (chunk: Buffer) => {
      answersLeft -= 1;
      if (answersLeft >= 0) {
        client.write(chunk);
        return;
      }
      [answersLeft, hasLost] = [Infinity, true];
      client.destroy();
    });
  });
  const port = await listen(server, 0, "127.0.0.1");
  return {
    port,
    loseAnswerAfter: (answers) => void (answersLeft = answers),
    hasLost: () => hasLost,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
