import { authorizeSubscription } from "./authorize-subscription.ts";
import { internalMessage } from "./channels.ts";
import type { Channels, Member } from "./channels.ts";
import type { Connection } from "./connection.ts";
import { CLOSE_CODES } from "./handshake.ts";
import { isJsonObject, parseJsonObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import {
  isPresenceChannel,
  MAXIMUM_CLIENT_EVENTS,
  MAXIMUM_DATA_BYTES,
  MAXIMUM_MEMBERS,
  MAXIMUM_NAME_LENGTH,
  needsAuthorization,
} from "./limits.ts";
import { isUserAuthenticated } from "./signature.ts";
import type { PusherCredentials } from "./signature.ts";

export interface MessageContext {
  credentials: PusherCredentials;
  channels: Channels;
}

const CLIENT_EVENT_RATE_LIMIT = 4301;
const FORBIDDEN = 403;

/** Handles one message of a client: https://pusher.com/docs/channels/library_auth_reference/pusher-websockets-protocol/ */
export function handleMessage(connection: Connection, text: string, context: MessageContext): void {
  connection.noteActivity();
  const message = parseJsonObject(text);
  const event = message?.["event"];
  if (message === undefined || typeof event !== "string") {
    connection.sendError("A message must be a JSON object with an event");
    return;
  }
  const data = readData(message);
  switch (event) {
    case "pusher:ping":
      connection.sendEvent("pusher:pong", {});
      return;
    case "pusher:pong":
      return;
    case "pusher:subscribe":
      subscribe(connection, data, context);
      return;
    case "pusher:unsubscribe":
      context.channels.unsubscribe(connection, String(data["channel"]));
      return;
    case "pusher:signin":
      signIn(connection, data, context);
      return;
    default:
      passOn(connection, event, message, context);
  }
}

/** The data of a message may be an object or, in older clients, JSON text. */
function readData(message: JsonObject): JsonObject {
  const { data } = message;
  if (isJsonObject(data)) return data;
  return typeof data === "string" ? (parseJsonObject(data) ?? {}) : {};
}

function subscribe(
  connection: Connection,
  data: JsonObject,
  { channels, credentials }: MessageContext,
): void {
  const { auth, channel, channel_data: channelData } = data;
  if (typeof channel !== "string") {
    connection.sendError("pusher:subscribe needs a channel");
    return;
  }
  if (channels.isSubscribed(connection, channel)) {
    connection.sendError(`Existing subscription to channel ${channel}`);
    return;
  }
  const authorization = authorizeSubscription(
    {
      socketId: connection.socketId,
      user: connection.user,
      channel,
      auth: typeof auth === "string" ? auth : "",
      channelData: typeof channelData === "string" ? channelData : undefined,
    },
    credentials,
  );
  if (!authorization.isAllowed) {
    refuseSubscription(connection, channel, authorization.status, authorization.error);
    return;
  }
  const { member } = authorization;
  if (member !== undefined && isFull(channels, channel, member)) {
    refuseSubscription(connection, channel, FORBIDDEN, `${channel} has ${MAXIMUM_MEMBERS} members already`);
    return;
  }
  channels.subscribe(connection, channel, member);
  const details = isPresenceChannel(channel) ? describePresence(channels.members(channel)) : {};
  connection.send(internalMessage("subscription_succeeded", channel, details));
}

function isFull(channels: Channels, channel: string, { userId }: Member): boolean {
  const members = channels.members(channel);
  return members.length >= MAXIMUM_MEMBERS && !members.some((member) => member.userId === userId);
}

function refuseSubscription(connection: Connection, channel: string, status: number, error: string): void {
  const data = JSON.stringify({ type: "AuthError", error, status });
  connection.send(JSON.stringify({ event: "pusher:subscription_error", channel, data }));
}

function describePresence(members: Member[]): unknown {
  return {
    presence: {
      ids: members.map(({ userId }) => userId),
      hash: Object.fromEntries(members.map(({ userId, userInfo }) => [userId, userInfo ?? null])),
      count: members.length,
    },
  };
}

function signIn(connection: Connection, data: JsonObject, { credentials }: MessageContext): void {
  const { auth, user_data: userData } = data;
  const text = typeof userData === "string" ? userData : "";
  const { id, user_info: info } = parseJsonObject(text) ?? {};
  const signed = { socketId: connection.socketId, userData: text };
  const isAuthentic = typeof auth === "string" && isUserAuthenticated(auth, signed, credentials);
  if (!isAuthentic || typeof id !== "string" || id === "") {
    connection.close({
      code: CLOSE_CODES.unauthorized,
      message: "Connection not authorized: invalid sign-in",
    });
    return;
  }
  connection.user = { id, info };
  connection.sendEvent("pusher:signin_success", { user_data: text });
}

/** Client events go from one client to the others of a channel, without the application. */
function passOn(
  connection: Connection,
  event: string,
  message: JsonObject,
  { channels }: MessageContext,
): void {
  const fault = findClientEventFault(connection, event, message, channels);
  if (fault !== undefined) {
    connection.sendError(fault);
    return;
  }
  if (!connection.takeClientEvent(Date.now())) {
    const limit = `more than ${MAXIMUM_CLIENT_EVENTS} client events in a second`;
    connection.sendError(`The client event ${event} was refused: ${limit}`, CLIENT_EVENT_RATE_LIMIT);
    return;
  }
  const channel = String(message["channel"]);
  const userId = channels.memberOf(connection, channel)?.userId;
  const passed = { event, channel, data: message["data"], ...(userId !== undefined && { user_id: userId }) };
  channels.publish(channel, JSON.stringify(passed), connection.socketId);
}

function findClientEventFault(
  connection: Connection,
  event: string,
  { channel, data }: JsonObject,
  channels: Channels,
): string | undefined {
  if (!event.startsWith("client-")) return `Unknown event ${event}: client events begin with client-`;
  if (event.length > MAXIMUM_NAME_LENGTH)
    return `The event's name is longer than ${MAXIMUM_NAME_LENGTH} characters`;
  if (typeof channel !== "string" || !needsAuthorization(channel)) {
    return "Client events are for private and presence channels";
  }
  if (!channels.isSubscribed(connection, channel)) return `Not subscribed to ${channel}`;
  if (Buffer.byteLength(JSON.stringify(data ?? null)) > MAXIMUM_DATA_BYTES) {
    return `The data of ${event} is larger than ${MAXIMUM_DATA_BYTES} bytes`;
  }
  return undefined;
}
