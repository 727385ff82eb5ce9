import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeLocalhostCertificate } from "../push/localhost-certificate.ts";
import type { StackSecrets } from "./secrets.ts";
import type { StackPorts } from "./settings.ts";

/** Who the worker is to Google and to Apple, on this machine. */
const projectId = "tocsin-sandbox";
const apple = { APNS_KEY_ID: "SANDBOXKEY", APNS_TEAM_ID: "SANDBOXTEA", APNS_TOPIC: "com.example.tocsin" };

/**
 * How the worker reaches the FCM and APNs stand-ins on this machine, as variables; they read the same. Certificate and
 * key are made at the first call.
 * @param folder where they are kept
 */
export function sandboxPush(
  folder: string,
  secrets: StackSecrets,
  ports: StackPorts,
): Record<string, string> {
  const files = {
    cert: join(folder, "cert.pem"),
    key: join(folder, "key.pem"),
    apnsKey: join(folder, "apns-key.p8"),
  };
  if (!Object.values(files).every((file) => existsSync(file))) makeFiles(folder, files);
  return {
    FCM_PROJECT_ID: projectId,
    FCM_ACCESS_TOKEN: secrets.fcmAccessToken,
    FCM_SERVER: `https://127.0.0.1:${ports.fcm}`,
    APNS_KEY: files.apnsKey,
    ...apple,
    APNS_SERVER: `https://127.0.0.1:${ports.apns}`,
    PUSH_CA: files.cert,
  };
}

function makeFiles(folder: string, files: { cert: string; key: string; apnsKey: string }): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { cert, key } = makeLocalhostCertificate();
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: "P-256",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key, { mode: 0o600 });
  writeFileSync(files.apnsKey, privateKey, { mode: 0o600 });
}
