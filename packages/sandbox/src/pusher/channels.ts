import { isPresenceChannel } from "./limits.ts";

/** One client, as far as channels are concerned. */
export interface Subscriber {
  /** Names the connection to the outside: two numbers with a dot between. */
  readonly socketId: string;
  /** Sends a message that is JSON text already. */
  send(message: string): void;
}

/** Who a subscriber is in a presence channel. */
export interface Member {
  userId: string;
  /** What `user_info` of the channel data held. */
  userInfo: unknown;
}

/** What webhooks tell: the same names as Pusher has. */
export type ChannelEvent =
  | { name: "channel_occupied" | "channel_vacated"; channel: string }
  | { name: "member_added" | "member_removed"; channel: string; user_id: string };

interface Channel {
  subscribers: Map<Subscriber, Member | undefined>;
}

/** Who listens where. A channel exists while somebody is subscribed to it. */
export interface Channels {
  /** Does nothing when already subscribed. */
  subscribe(subscriber: Subscriber, channel: string, member?: Member): void;
  unsubscribe(subscriber: Subscriber, channel: string): void;
  /** Unsubscribes a connection that is gone from everything. */
  remove(subscriber: Subscriber): void;
  isSubscribed(subscriber: Subscriber, channel: string): boolean;
  /** The member that a subscriber is in a presence channel. */
  memberOf(subscriber: Subscriber, channel: string): Member | undefined;
  /** Sends a message to all subscribers of a channel but one. */
  publish(channel: string, message: string, exceptSocketId?: string): void;
  /** The occupied channels. */
  names(): string[];
  subscriptionCount(channel: string): number;
  /** A presence channel's members, each user once. */
  members(channel: string): Member[];
}

/** @param onEvent told of each channel that becomes occupied or vacated and of each member coming and going. */
export function createChannels(onEvent: (event: ChannelEvent) => void): Channels {
  const channels = new Map<string, Channel>();
  const channelsOf = new Map<Subscriber, Set<string>>();

  const findMembers = (channel: string): Map<string, Member> => {
    const members = new Map<string, Member>();
    for (const member of channels.get(channel)?.subscribers.values() ?? []) {
      if (member !== undefined && !members.has(member.userId)) members.set(member.userId, member);
    }
    return members;
  };

  const publish = (name: string, message: string, exceptSocketId?: string): void => {
    for (const subscriber of channels.get(name)?.subscribers.keys() ?? []) {
      if (subscriber.socketId !== exceptSocketId) subscriber.send(message);
    }
  };

  const unsubscribe = (subscriber: Subscriber, name: string): void => {
    const channel = channels.get(name);
    if (channel === undefined || !channel.subscribers.has(subscriber)) return;
    const member = channel.subscribers.get(subscriber);
    channel.subscribers.delete(subscriber);
    channelsOf.get(subscriber)?.delete(name);
    if (member !== undefined && !findMembers(name).has(member.userId)) {
      publish(name, internalMessage("member_removed", name, { user_id: member.userId }));
      onEvent({ name: "member_removed", channel: name, user_id: member.userId });
    }
    if (channel.subscribers.size > 0) return;
    channels.delete(name);
    onEvent({ name: "channel_vacated", channel: name });
  };

  return {
    subscribe(subscriber, name, member) {
      const channel = channels.get(name) ?? { subscribers: new Map<Subscriber, Member | undefined>() };
      if (channel.subscribers.has(subscriber)) return;
      const isNewMember = member !== undefined && !findMembers(name).has(member.userId);
      channels.set(name, channel);
      channel.subscribers.set(subscriber, member);
      const own = channelsOf.get(subscriber) ?? new Set();
      channelsOf.set(subscriber, own.add(name));
      if (channel.subscribers.size === 1) onEvent({ name: "channel_occupied", channel: name });
      if (!isNewMember) return;
      const data = { user_id: member.userId, user_info: member.userInfo };
      publish(name, internalMessage("member_added", name, data), subscriber.socketId);
      onEvent({ name: "member_added", channel: name, user_id: member.userId });
    },
    unsubscribe,
    remove(subscriber) {
      for (const name of channelsOf.get(subscriber) ?? []) unsubscribe(subscriber, name);
      channelsOf.delete(subscriber);
    },
    isSubscribed: (subscriber, name) => channelsOf.get(subscriber)?.has(name) ?? false,
    memberOf: (subscriber, name) => channels.get(name)?.subscribers.get(subscriber),
    publish,
    names: () => [...channels.keys()],
    subscriptionCount: (name) => channels.get(name)?.subscribers.size ?? 0,
    members: (name) => (isPresenceChannel(name) ? [...findMembers(name).values()] : []),
  };
}

/** A message of the protocol itself: its data is JSON text inside the JSON. */
export function internalMessage(name: string, channel: string, data: unknown): string {
  return JSON.stringify({ event: `pusher_internal:${name}`, channel, data: JSON.stringify(data) });
}
