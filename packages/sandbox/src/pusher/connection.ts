import { randomInt } from "node:crypto";
import { WebSocket } from "ws";
import type { Subscriber } from "./channels.ts";
import type { CloseReason } from "./handshake.ts";
import { CLOSE_CODES } from "./handshake.ts";
import { MAXIMUM_CLIENT_EVENTS } from "./limits.ts";

/** Who signed in on a connection. */
export interface SignedInUser {
  id: string;
  /** What the application said of them. */
  info: unknown;
}

/** One WebSocket client. */
export interface Connection extends Subscriber {
  user: SignedInUser | undefined;
  /** Sends an event of the protocol; its data is JSON text inside the JSON. */
  sendEvent(event: string, data: unknown): void;
  /** Tells what was wrong; the connection stays. */
  sendError(message: string, code?: number): void;
  /** Tells why, and ends the connection. */
  close(reason: CloseReason): void;
  /** Cuts the connection without a word. */
  drop(): void;
  /** Call for every message received. */
  noteActivity(): void;
  /** Pings a connection that has been quiet for long; ends it when it doesn't answer. */
  checkAlive(now: number): void;
  /** Whether it may send one more client event in this second; counts it. */
  takeClientEvent(now: number): boolean;
}

/** After so much silence a client pings by itself; told in the handshake. */
export const ACTIVITY_TIMEOUT_SECONDS = 120;
const PONG_TIMEOUT_MS = 30_000;
/** A client that reads so little of what it is sent is cut off. Bytes. */
const MAXIMUM_BUFFERED_BYTES = 4_000_000;
const MAXIMUM_SOCKET_NUMBER = 1_000_000_000;
const SECOND_MS = 1_000;

/** Wraps a WebSocket whose handshake is done. */
export function createConnection(socket: WebSocket): Connection {
  let lastActivity = Date.now();
  let pingedAt: number | undefined;
  let clientEvents = { second: 0, count: 0 };

  const send = (message: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > MAXIMUM_BUFFERED_BYTES) socket.terminate();
    else socket.send(message);
  };
  const sendEvent = (event: string, data: unknown): void => {
    send(JSON.stringify({ event, data: JSON.stringify(data) }));
  };
  // An error's data is an object since protocol 5, unlike that of every other event.
  const sendError = (message: string, code?: number): void => {
    send(JSON.stringify({ event: "pusher:error", data: { code: code ?? null, message } }));
  };
  const close = ({ code, message }: CloseReason): void => {
    sendError(message, code);
    socket.close(code, message.slice(0, 100));
  };

  return {
    socketId: `${randomInt(1, MAXIMUM_SOCKET_NUMBER)}.${randomInt(1, MAXIMUM_SOCKET_NUMBER)}`,
    user: undefined,
    send,
    sendEvent,
    sendError,
    close,
    drop: () => socket.terminate(),
    noteActivity() {
      lastActivity = Date.now();
      pingedAt = undefined;
    },
    checkAlive(now) {
      if (pingedAt !== undefined) {
        if (now - pingedAt < PONG_TIMEOUT_MS) return;
        close({ code: CLOSE_CODES.pongTimeout, message: "Pong reply not received" });
      } else if (now - lastActivity > ACTIVITY_TIMEOUT_SECONDS * SECOND_MS) {
        pingedAt = now;
        sendEvent("pusher:ping", {});
      }
    },
    takeClientEvent(now) {
      const second = Math.floor(now / SECOND_MS);
      clientEvents = { second, count: clientEvents.second === second ? clientEvents.count + 1 : 1 };
      return clientEvents.count <= MAXIMUM_CLIENT_EVENTS;
    },
  };
}
