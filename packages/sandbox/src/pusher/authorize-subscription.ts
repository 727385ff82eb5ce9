import type { Member } from "./channels.ts";
import type { SignedInUser } from "./connection.ts";
import { parseJsonObject } from "../json.ts";
import {
  isChannelName,
  isPresenceChannel,
  isServerToUserChannel,
  MAXIMUM_MEMBER_BYTES,
  MAXIMUM_USER_ID_LENGTH,
  needsAuthorization,
  serverToUserChannel,
} from "./limits.ts";
import { isChannelAuthorized } from "./signature.ts";
import type { PusherCredentials } from "./signature.ts";

/** What a client sent with `pusher:subscribe`. */
export interface SubscriptionRequest {
  socketId: string;
  /** Who signed in on the connection. */
  user: SignedInUser | undefined;
  channel: string;
  auth: string;
  channelData: string | undefined;
}

export type Authorization =
  | { isAllowed: true; member: Member | undefined }
  | { isAllowed: false; status: number; error: string };

/** Decides whether a connection may subscribe to a channel, and as whom. */
export function authorizeSubscription(
  request: SubscriptionRequest,
  credentials: PusherCredentials,
): Authorization {
  const { channel, user } = request;
  if (!isChannelName(channel)) return refuse(400, `Invalid channel name: ${channel}`);
  if (isServerToUserChannel(channel)) {
    const isOwn = user !== undefined && channel === serverToUserChannel(user.id);
    return isOwn
      ? { isAllowed: true, member: undefined }
      : refuse(401, "This channel is of a signed-in user");
  }
  if (!needsAuthorization(channel)) return { isAllowed: true, member: undefined };
  if (!isChannelAuthorized(request.auth, request, credentials)) {
    return refuse(401, `Auth value for subscription to ${channel} is invalid`);
  }
  return isPresenceChannel(channel) ? identify(request) : { isAllowed: true, member: undefined };
}

function identify({ channelData, user }: SubscriptionRequest): Authorization {
  if (channelData === undefined) {
    if (user === undefined) return refuse(400, "A presence channel needs channel_data or a signed-in user");
    return { isAllowed: true, member: { userId: user.id, userInfo: user.info } };
  }
  if (Buffer.byteLength(channelData) > MAXIMUM_MEMBER_BYTES) {
    return refuse(400, `channel_data is larger than ${MAXIMUM_MEMBER_BYTES} bytes`);
  }
  const { user_id: id, user_info: userInfo } = parseJsonObject(channelData) ?? {};
  const userId = typeof id === "number" ? String(id) : id;
  if (typeof userId !== "string" || userId === "" || userId.length > MAXIMUM_USER_ID_LENGTH) {
    return refuse(
      400,
      `channel_data must be JSON with a user_id of at most ${MAXIMUM_USER_ID_LENGTH} characters`,
    );
  }
  return { isAllowed: true, member: { userId, userInfo } };
}

function refuse(status: number, error: string): Authorization {
  return { isAllowed: false, status, error };
}
