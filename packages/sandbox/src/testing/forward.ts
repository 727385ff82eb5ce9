import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { listen } from "../stand-in/listen.ts";

/** A port of this machine that leads to another one. */
export interface Forwarder {
  port: number;
  /** Ends every connection and listens no more. */
  close(): Promise<void>;
}

/**
 * Connects whoever comes to a server on this machine; where one side ends, the other is ended too.
 *
 * @param serverPort asked for each new connection
 * @param pass carries the bytes between the two
 */
export async function forward(
  serverPort: () => number,
  pass: (client: Socket, upstream: Socket) => void,
): Promise<Forwarder> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: serverPort(), host: "127.0.0.1", noDelay: true });
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    pass(client, upstream);
  });
  const port = await listen(server, 0, "127.0.0.1");
  return {
    port,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
