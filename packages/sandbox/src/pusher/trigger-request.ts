import { HttpError } from "../stand-in/http-error.ts";
import { isJsonObject, parseJsonObject } from "../json.ts";
import type { JsonObject } from "../json.ts";
import {
  isChannelName,
  MAXIMUM_BATCH,
  MAXIMUM_CHANNELS,
  MAXIMUM_DATA_BYTES,
  MAXIMUM_NAME_LENGTH,
} from "./limits.ts";

/** One event for some channels. */
export interface Trigger {
  name: string;
  /** Passed on as it is. */
  data: string;
  channels: string[];
  /** The connection that must not receive it. */
  socketId: string | undefined;
  /** The attributes of the channels that the answer is to hold. */
  info: string | undefined;
}

/**
 * Reads the body of POST /events.
 *
 * @throws HttpError 400 or 413 that says what is wrong.
 */
export function readTrigger(body: Buffer): Trigger {
  const event = readObject(body);
  const { channels = [event["channel"]] } = event;
  if (!Array.isArray(channels) || channels.length === 0)
    throw new HttpError(400, "channels must name a channel");
  if (channels.length > MAXIMUM_CHANNELS) {
    throw new HttpError(400, `Cannot trigger on more than ${MAXIMUM_CHANNELS} channels`);
  }
  return { ...readEvent(event), channels: channels.map(readChannel) };
}

/**
 * Reads the body of POST /batch_events.
 *
 * @throws HttpError 400 or 413 that says what is wrong.
 */
export function readBatch(body: Buffer): Trigger[] {
  const { batch } = readObject(body);
  if (!Array.isArray(batch) || batch.length === 0) throw new HttpError(400, "batch must hold an event");
  if (batch.length > MAXIMUM_BATCH) throw new HttpError(400, `Batch too large (> ${MAXIMUM_BATCH})`);
  return batch.map((event: unknown) => {
    if (!isJsonObject(event)) throw new HttpError(400, "Each event of batch must be an object");
    return { ...readEvent(event), channels: [readChannel(event["channel"])] };
  });
}

function readObject(body: Buffer): JsonObject {
  const object = parseJsonObject(body.toString("utf8"));
  if (object === undefined) throw new HttpError(400, "The body must be a JSON object");
  return object;
}

function readEvent(event: JsonObject): Omit<Trigger, "channels"> {
  const { name, data } = event;
  if (typeof name !== "string" || name === "") throw new HttpError(400, "name must be a text");
  if (name.length > MAXIMUM_NAME_LENGTH) {
    throw new HttpError(400, `name is longer than ${MAXIMUM_NAME_LENGTH} characters`);
  }
  if (typeof data !== "string") throw new HttpError(400, "data must be a text");
  if (Buffer.byteLength(data) > MAXIMUM_DATA_BYTES) {
    throw new HttpError(
      413,
      `The data content of this event exceeds the allowed maximum (${MAXIMUM_DATA_BYTES} bytes)`,
    );
  }
  return {
    name,
    data,
    socketId: readOptionalText(event, "socket_id"),
    info: readOptionalText(event, "info"),
  };
}

function readChannel(channel: unknown): string {
  if (typeof channel !== "string" || !isChannelName(channel)) {
    throw new HttpError(400, `Invalid channel name: ${JSON.stringify(channel)}`);
  }
  return channel;
}

function readOptionalText(event: JsonObject, field: string): string | undefined {
  const value = event[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new HttpError(400, `${field} must be a text`);
  return value;
}
