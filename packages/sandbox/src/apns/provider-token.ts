import { createPublicKey, verify } from "node:crypto";
import { isJsonObject } from "../json.ts";
import { ApnsError } from "./apns-error.ts";

/** Whose notifications are taken. */
export interface ApnsSettings {
  /** The private key that the provider signs with, as PEM; only its public half is used. */
  key: string;
  keyId: string;
  teamId: string;
  /** The app's bundle id. */
  topic: string;
}

/** Apple refuses tokens that are older. Seconds. */
const maximumAge = 3_600;

/**
 * Checks a provider token as APNs does: ES256, by this key and team, not older than an hour.
 * https://developer.apple.com/documentation/usernotifications/establishing-a-token-based-connection-to-apns
 * @throws ApnsError 403
 */
export function checkProviderToken(
  { key, keyId, teamId }: Pick<ApnsSettings, "key" | "keyId" | "teamId">,
  authorization: string | undefined,
  now: number = Date.now(),
): void {
  const token = /^bearer (.+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new ApnsError(403, "MissingProviderToken");
  const [head = "", claims = "", signature = ""] = token.split(".");
  const header = decode(head);
  const payload = decode(claims);
  const isSigned = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    { key: createPublicKey(key), dsaEncoding: "ieee-p1363" },
    Buffer.from(signature, "base64url"),
  );
  const isOurs = header["alg"] === "ES256" && header["kid"] === keyId && payload["iss"] === teamId;
  if (!isSigned || !isOurs) throw new ApnsError(403, "InvalidProviderToken");
  const age = now / 1000 - Number(payload["iat"]);
  if (!(age <= maximumAge)) throw new ApnsError(403, "ExpiredProviderToken");
}

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
