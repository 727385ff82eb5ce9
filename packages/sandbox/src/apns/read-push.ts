import type { IncomingHttpHeaders } from "node:http2";
import { isJsonObject, parseJsonObject } from "../json.ts";
import { ApnsError } from "./apns-error.ts";
import { type ApnsSettings, checkProviderToken } from "./provider-token.ts";

const maximumPayloadBytes = 4_096;
const maximumCollapseIdBytes = 64;
const pushTypes = new Set(["alert", "background"]);
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A push notification that APNs would take. */
export interface ApnsPush {
  token: string;
  id: string;
  body: Record<string, unknown>;
}

/**
 * Checks a request as APNs does: provider token, path, topic, ids, priority, type, size.
 * https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 * @throws ApnsError
 */
export function readPush(settings: ApnsSettings, headers: IncomingHttpHeaders, payload: Buffer): ApnsPush {
  checkProviderToken(settings, headers.authorization);
  if (headers[":method"] !== "POST") throw new ApnsError(405, "MethodNotAllowed");
  const token = /^\/3\/device\/([^/]*)$/.exec(headers[":path"] ?? "")?.[1];
  if (token === undefined) throw new ApnsError(404, "BadPath");
  if (!/^[\da-f]{64,200}$/i.test(token)) throw new ApnsError(400, "BadDeviceToken");
  const id = headers["apns-id"]?.toString() ?? "";
  checkHeaders(settings, (name) => headers[name]?.toString());
  if (payload.length === 0) throw new ApnsError(400, "PayloadEmpty");
  if (payload.length > maximumPayloadBytes) throw new ApnsError(413, "PayloadTooLarge");
  const body = parseJsonObject(payload.toString("utf8"));
  if (!body || !isJsonObject(body["aps"])) throw new ApnsError(400, "PayloadEmpty");
  return { token, id, body };
}

function checkHeaders({ topic }: ApnsSettings, read: (name: string) => string | undefined): void {
  const id = read("apns-id");
  if (id !== undefined && !uuid.test(id)) throw new ApnsError(400, "BadMessageId");
  if (read("apns-topic") === undefined) throw new ApnsError(400, "MissingTopic");
  if (read("apns-topic") !== topic) throw new ApnsError(400, "DeviceTokenNotForTopic");
  if (Buffer.byteLength(read("apns-collapse-id") ?? "") > maximumCollapseIdBytes) {
    throw new ApnsError(400, "BadCollapseId");
  }
  const type = read("apns-push-type") ?? "";
  if (!pushTypes.has(type)) throw new ApnsError(400, "InvalidPushType");
  const priority = read("apns-priority") ?? "10";
  if (!["1", "5", "10"].includes(priority) || (type === "background" && priority === "10")) {
    throw new ApnsError(400, "BadPriority");
  }
}
