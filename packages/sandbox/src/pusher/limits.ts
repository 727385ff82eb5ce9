// Pusher's own limits. https://pusher.com/docs/channels/server_api/http-api/ and
// https://pusher.com/docs/channels/using_channels/channels/#channel-naming-conventions

/** Channels of one POST /events. */
export const MAXIMUM_CHANNELS = 100;
/** Events of one POST /batch_events. */
export const MAXIMUM_BATCH = 10;
/** An event's data. Bytes. */
export const MAXIMUM_DATA_BYTES = 10_240;
/** Of an event's or a channel's name. */
export const MAXIMUM_NAME_LENGTH = 200;
/** Members of one presence channel. */
export const MAXIMUM_MEMBERS = 100;
/** A presence member's channel_data. Bytes. */
export const MAXIMUM_MEMBER_BYTES = 1_024;
export const MAXIMUM_USER_ID_LENGTH = 128;
/** Client events of one connection in one second. */
export const MAXIMUM_CLIENT_EVENTS = 10;

const CHANNEL_NAME = /^[A-Za-z0-9_\-=@,.;]+$/;
const SERVER_TO_USER = "#server-to-user-";

/** The channel that carries what `pusher.sendToUser` sends. */
export function serverToUserChannel(userId: string): string {
  return SERVER_TO_USER + userId;
}

export function isServerToUserChannel(channel: string): boolean {
  return channel.startsWith(SERVER_TO_USER);
}

export function isChannelName(name: string): boolean {
  if (name.length > MAXIMUM_NAME_LENGTH) return false;
  return CHANNEL_NAME.test(name) || (isServerToUserChannel(name) && name.length > SERVER_TO_USER.length);
}

export function isPresenceChannel(channel: string): boolean {
  return channel.startsWith("presence-");
}

/** Whether one needs the application's signature to subscribe. */
export function needsAuthorization(channel: string): boolean {
  return channel.startsWith("private-") || isPresenceChannel(channel);
}
