import { isJsonObject, parseJsonObject } from "../json.ts";
import { invalidArgument, unauthenticated, unknownProject } from "./fcm-error.ts";

/** The most that notification and data may have together. Bytes. */
const maximumPayloadBytes = 4_096;

const knownFields = new Set([
  "token",
  "data",
  "notification",
  "android",
  "apns",
  "webpush",
  "fcm_options",
  "name",
]);

export interface FcmSettings {
  projectId: string;
  accessToken: string;
}

/** A message that FCM would take. */
export interface FcmMessage {
  token: string;
  message: Record<string, unknown>;
}

/**
 * Checks a call of `messages:send` as FCM does: credential, project, token, shape and size.
 * https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages
 * @throws FcmError
 */
export function readMessage(
  { projectId, accessToken }: FcmSettings,
  call: { method: string; path: string; authorization: string | undefined; body: Buffer },
): FcmMessage {
  if (call.authorization !== `Bearer ${accessToken}`) throw unauthenticated();
  const project = /^\/v1\/projects\/([^/]+)\/messages:send$/.exec(call.path)?.[1];
  if (project !== undefined && project !== projectId) throw unknownProject();
  if (call.method !== "POST" || call.path !== `/v1/projects/${projectId}/messages:send`) {
    throw invalidArgument(`There is no ${call.method} ${call.path}`);
  }
  const message = parseJsonObject(call.body.toString("utf8"))?.["message"];
  if (!isJsonObject(message)) throw invalidArgument("The message must be set");
  const unknown = Object.keys(message).find((name) => !knownFields.has(name));
  if (unknown !== undefined) throw invalidArgument(`Unknown name "${unknown}" at 'message'`);
  const { token, data = {}, notification = {} } = message;
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) {
    throw invalidArgument("The registration token is not a valid FCM registration token");
  }
  if (!isJsonObject(data) || Object.values(data).some((value) => typeof value !== "string")) {
    throw invalidArgument("Invalid value at 'message.data': all values must be strings");
  }
  if (Buffer.byteLength(JSON.stringify({ data, notification })) > maximumPayloadBytes) {
    throw invalidArgument(`Message is too big: more than ${maximumPayloadBytes} bytes`);
  }
  return { token, message };
}
