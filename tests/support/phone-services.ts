import { generateKeyPairSync, randomBytes } from "node:crypto";
import { type ApnsServer, startApnsServer } from "@tocsin/sandbox/apns/server";
import { type FcmServer, startFcmServer } from "@tocsin/sandbox/fcm/server";
import { makeLocalhostCertificate } from "@tocsin/sandbox/push/localhost-certificate";

/** Stand-ins for FCM and APNs, and how the worker reaches them. */
export interface PhoneServices {
  fcm: FcmServer;
  apns: ApnsServer;
  env: Record<string, string>;
  close: () => Promise<void>;
}

/** Starts stand-ins for FCM and APNs with a certificate and keys of their own. */
export async function startPhoneServices(): Promise<PhoneServices> {
  const certificate = makeLocalhostCertificate();
  const key = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).privateKey;
  const google = { projectId: "tocsin-test", accessToken: randomBytes(24).toString("base64url") };
  const apple = { keyId: "ABC123DEFG", teamId: "TEAM123456", topic: "com.example.tocsin" };
  const fcm = await startFcmServer({ ...google, certificate });
  const apns = await startApnsServer({ ...apple, key, certificate });
  return {
    fcm,
    apns,
    env: {
      FCM_PROJECT_ID: google.projectId,
      FCM_ACCESS_TOKEN: google.accessToken,
      FCM_SERVER: `https://127.0.0.1:${fcm.port}`,
      APNS_KEY: key,
      APNS_KEY_ID: apple.keyId,
      APNS_TEAM_ID: apple.teamId,
      APNS_TOPIC: apple.topic,
      APNS_SERVER: `https://127.0.0.1:${apns.port}`,
      PUSH_CA: certificate.cert,
    },
    close: async () => void (await Promise.all([fcm.close(), apns.close()])),
  };
}
