import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { listen } from "../stand-in/listen.ts";

/** An address whose server can be changed, as those of managed databases are. */
export interface MovingProxy {
  port: number;
  /** New connections lead to this port of this machine; those that are open stay where they are. */
  moveTo(serverPort: number): void;
  /** How many connections were made since the start. */
  connections(): number;
  close(): Promise<void>;
}

/** Passes everything on to a server on this machine, until it is told to take another one. */
export async function startMovingProxy(serverPort: number): Promise<MovingProxy> {
  const open = new Set<Socket>();
  let target = serverPort;
  let connections = 0;
  const server = createServer({ noDelay: true }, (client) => {
    connections += 1;
    const upstream = connect({ port: target, host: "127.0.0.1", noDelay: true });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });
  const port = await listen(server, 0, "127.0.0.1");
  return {
    port,
    moveTo: (other) => void (target = other),
    connections: () => connections,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
