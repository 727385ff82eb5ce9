import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import type { Channels } from "./channels.ts";
import { ACTIVITY_TIMEOUT_SECONDS, createConnection } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { CLOSE_CODES, findHandshakeFault } from "./handshake.ts";
import { handleMessage } from "./messages.ts";
import type { PusherCredentials } from "./signature.ts";

/** The WebSocket side of the server. */
export interface WebSocketApi {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends the connections on which this user signed in, for good. */
  terminateUserConnections(userId: string): void;
  /** Cuts all connections without a word and says how many there were; clients come back by themselves. */
  drop(): number;
  /** Says good-bye to all clients and waits until they are gone. */
  close(): Promise<void>;
}

const CHECK_EVERY_MS = 10_000;
const MAXIMUM_MESSAGE_BYTES = 100_000;
const GOING_AWAY = 1001;
const CLOSE_DEADLINE_MS = 1_000;

export function createWebSocketApi(options: {
  credentials: PusherCredentials;
  channels: Channels;
}): WebSocketApi {
  const { channels, credentials } = options;
  const server = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_MESSAGE_BYTES });
  const connections = new Map<WebSocket, Connection>();

  const checkAlive = setInterval(() => {
    const now = Date.now();
    for (const connection of connections.values()) connection.checkAlive(now);
  }, CHECK_EVERY_MS).unref();

  const accept = (socket: WebSocket, url: string): void => {
    // A broken frame ends the connection; "close" follows.
    socket.on("error", () => undefined);
    const connection = createConnection(socket);
    const fault = findHandshakeFault(url, credentials.key);
    if (fault !== undefined) {
      connection.close(fault);
      return;
    }
    connections.set(socket, connection);
    socket.on("message", (data: Buffer) =>
      handleMessage(connection, data.toString("utf8"), { channels, credentials }),
    );
    socket.on("close", () => {
      connections.delete(socket);
      channels.remove(connection);
    });
    connection.sendEvent("pusher:connection_established", {
      socket_id: connection.socketId,
      activity_timeout: ACTIVITY_TIMEOUT_SECONDS,
    });
  };

  return {
    upgrade(request, socket, head) {
      server.handleUpgrade(request, socket, head, (webSocket) => accept(webSocket, request.url ?? "/"));
    },
    terminateUserConnections(userId) {
      for (const connection of connections.values()) {
        if (connection.user?.id !== userId) continue;
        connection.close({
          code: CLOSE_CODES.unauthorized,
          message: "Connection terminated by the application",
        });
      }
    },
    drop() {
      const dropped = connections.size;
      for (const connection of connections.values()) connection.drop();
      return dropped;
    },
    async close() {
      clearInterval(checkAlive);
      const closed = [...server.clients].map(
        (socket) => new Promise<void>((resolve) => socket.once("close", () => resolve())),
      );
      for (const socket of server.clients) socket.close(GOING_AWAY, "The server stops");
      const deadline = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, CLOSE_DEADLINE_MS);
      await Promise.all(closed);
      clearTimeout(deadline);
    },
  };
}
