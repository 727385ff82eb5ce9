import { cert, type Credential } from "firebase-admin/app";
import { createApnsChannel } from "./apns/apns-channel.ts";
import { createFcmChannel } from "./fcm/fcm-channel.ts";
import type { LimitedChannel } from "./limited-channel.ts";
import type { PushEnv } from "./push-env.ts";

/** A channel that keeps connections. */
type OpenChannel = LimitedChannel & { close: () => Promise<void> };

/** The channels to phones that the environment tells of: what it does not tell of is switched off. */
export function createPushChannels(env: PushEnv): { fcm?: OpenChannel; apns?: OpenChannel } {
  const google = googleAccount(env);
  const { APNS_KEY: key, APNS_KEY_ID: keyId, APNS_TEAM_ID: teamId, APNS_TOPIC: topic } = env;
  const isApple = key !== undefined && keyId !== undefined && teamId !== undefined && topic !== undefined;
  return {
    ...(google && { fcm: createFcmChannel({ ...google, server: serverAt(env.FCM_SERVER, env.PUSH_CA) }) }),
    ...(isApple && {
      apns: createApnsChannel({ key, keyId, teamId, topic, server: serverAt(env.APNS_SERVER, env.PUSH_CA) }),
    }),
  };
}

function googleAccount(env: PushEnv): { projectId: string; credential: Credential } | undefined {
  const { FCM_SERVICE_ACCOUNT: account, FCM_ACCESS_TOKEN: token, FCM_PROJECT_ID: projectId } = env;
  if (account) return { projectId: projectId ?? account.projectId, credential: cert(account) };
  if (token === undefined || projectId === undefined) return undefined;
  const answer = { access_token: token, expires_in: 3_600 };
  return { projectId, credential: { getAccessToken: () => Promise.resolve(answer) } };
}

function serverAt(url: string | undefined, ca: string | undefined) {
  if (url === undefined) return undefined;
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port === "" ? 443 : port), ca: ca ?? "" };
}
