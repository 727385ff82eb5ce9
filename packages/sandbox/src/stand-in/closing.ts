import type { Server, Socket } from "node:net";

/**
 * Prepares a server, before it listens, to be closed at once: with every connection, also those that hang or have not
 * shaken hands yet.
 * @returns closes it
 */
export function closing(server: Server): () => Promise<void> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
}
