import type { Channels } from "./channels.ts";
import { HttpError } from "../stand-in/http-error.ts";
import { isChannelName, isPresenceChannel } from "./limits.ts";
import { findSignatureFault } from "./signature.ts";
import type { PusherCredentials, SignedRequest } from "./signature.ts";
import { readBatch, readTrigger } from "./trigger-request.ts";
import type { Trigger } from "./trigger-request.ts";

export interface RestApiOptions {
  appId: string;
  credentials: PusherCredentials;
  channels: Channels;
  terminateUserConnections(userId: string): void;
}

/**
 * Answers calls to Pusher's HTTP API: https://pusher.com/docs/channels/library_auth_reference/rest-api/
 *
 * @returns a function that gives the answer's JSON and throws HttpError for everything but 200.
 */
export function createRestApi(options: RestApiOptions): (request: SignedRequest) => unknown {
  const { appId, channels, credentials } = options;
  return (request) => {
    const [, , app, resource = "", name, ...action] = request.path.split("/");
    const fault = findSignatureFault(request, credentials, Date.now());
    if (fault !== undefined) throw new HttpError(401, fault);
    if (app !== appId) throw new HttpError(404, `Unknown app_id: ${app ?? ""}`);

    const info = request.query.get("info") ?? "";
    const prefix = request.query.get("filter_by_prefix") ?? "";
    switch (`${request.method} ${routeOf(resource, name, action)}`) {
      case "POST events":
        return trigger(channels, readTrigger(request.body));
      case "POST batch_events":
        return triggerBatch(channels, readBatch(request.body));
      case "GET channels":
        return listChannels(channels, prefix, info);
      case "GET channels/:name":
        return {
          occupied: channels.subscriptionCount(checkName(name)) > 0,
          ...describe(channels, checkName(name), info),
        };
      case "GET channels/:name/users":
        return listUsers(channels, checkName(name));
      case "POST users/:name/terminate_connections":
        options.terminateUserConnections(decode(name));
        return {};
      default:
        throw new HttpError(404, "Not found");
    }
  };
}

function routeOf(resource: string, name: string | undefined, action: string[]): string {
  return name === undefined ? resource : [resource, ":name", ...action].join("/");
}

/** The answer comes first: what it refuses must not be published. */
function trigger(channels: Channels, event: Trigger): unknown {
  const { info } = event;
  const answer =
    info === undefined
      ? {}
      : {
          channels: Object.fromEntries(event.channels.map((name) => [name, describe(channels, name, info)])),
        };
  publish(channels, event);
  return answer;
}

function triggerBatch(channels: Channels, events: Trigger[]): unknown {
  const descriptions = events.map(({ channels: [channel = ""], info = "" }) =>
    describe(channels, channel, info),
  );
  for (const event of events) publish(channels, event);
  return events.some(({ info }) => info !== undefined) ? { batch: descriptions } : {};
}

function publish(channels: Channels, event: Trigger): void {
  for (const channel of event.channels) {
    const message = JSON.stringify({ event: event.name, channel, data: event.data });
    channels.publish(channel, message, event.socketId);
  }
}

function listChannels(channels: Channels, prefix: string, info: string): unknown {
  if (attributes(info).includes("user_count") && !isPresenceChannel(prefix)) {
    throw new HttpError(400, "user_count needs filter_by_prefix to begin with presence-");
  }
  const names = channels.names().filter((name) => name.startsWith(prefix));
  return { channels: Object.fromEntries(names.map((name) => [name, describe(channels, name, info)])) };
}

function listUsers(channels: Channels, name: string): unknown {
  if (!isPresenceChannel(name)) throw new HttpError(400, "Users can only be retrieved for presence channels");
  return { users: channels.members(name).map(({ userId }) => ({ id: userId })) };
}

/** The attributes asked for; Pusher gives none for a channel that has no subscriber. */
function describe(channels: Channels, name: string, info: string): Record<string, number> {
  const description: Record<string, number> = {};
  for (const attribute of attributes(info)) {
    if (attribute === "user_count") {
      if (!isPresenceChannel(name)) throw new HttpError(400, `user_count is for presence channels: ${name}`);
      description["user_count"] = channels.members(name).length;
    } else if (attribute === "subscription_count") {
      description["subscription_count"] = channels.subscriptionCount(name);
    } else {
      throw new HttpError(400, `Unknown info attribute: ${attribute}`);
    }
  }
  return description;
}

function attributes(info: string): string[] {
  return info.split(",").filter((attribute) => attribute !== "");
}

function checkName(encoded: string | undefined): string {
  const name = decode(encoded);
  if (!isChannelName(name)) throw new HttpError(400, `Invalid channel name: ${JSON.stringify(name)}`);
  return name;
}

function decode(encoded = ""): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new HttpError(400, `Invalid escape in the path: ${encoded}`);
  }
}
