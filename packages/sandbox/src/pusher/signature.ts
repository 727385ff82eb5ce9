import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The credentials of one Pusher application. */
export interface PusherCredentials {
  key: string;
  secret: string;
}

/** What is signed of a call to the HTTP API. */
export interface SignedRequest {
  method: string;
  /** As it came, without the query. */
  path: string;
  query: URLSearchParams;
  body: Buffer;
}

/** How far a caller's clock may be off. Seconds. https://pusher.com/docs/channels/library_auth_reference/rest-api/ */
export const TIMESTAMP_TOLERANCE_SECONDS = 600;

const SIGNATURE_PARAMETER = "auth_signature";

/** HMAC-SHA256 in lower-case hex: every signature of Pusher's. */
export function sign(secret: string, content: string | Buffer): string {
  return createHmac("sha256", secret).update(content).digest("hex");
}

/**
 * Checks the signature of a call to the HTTP API.
 *
 * @param now the server's time, in milliseconds.
 * @returns what is wrong, or undefined when the caller knows the secret.
 */
export function findSignatureFault(
  request: SignedRequest,
  credentials: PusherCredentials,
  now: number,
): string | undefined {
  const { query } = request;
  if (query.get("auth_version") !== "1.0") return "Version not supported";
  if (query.get("auth_key") !== credentials.key) return `Unknown auth_key: ${query.get("auth_key") ?? ""}`;
  const timestamp = Number(query.get("auth_timestamp") ?? Number.NaN);
  if (!Number.isInteger(timestamp)) return "Timestamp required";
  if (Math.abs(now / 1_000 - timestamp) > TIMESTAMP_TOLERANCE_SECONDS) {
    return `Timestamp expired: given timestamp (${timestamp}) not within ${TIMESTAMP_TOLERANCE_SECONDS}s of server time`;
  }
  if (request.body.length > 0 && !isEqual(query.get("body_md5") ?? "", md5(request.body))) {
    return "Invalid body_md5: it does not match the body";
  }
  const expected = sign(credentials.secret, signedText(request));
  if (!isEqual(query.get(SIGNATURE_PARAMETER) ?? "", expected)) {
    return "Invalid signature: the string to sign was METHOD, path and sorted query, joined by line feeds";
  }
  return undefined;
}

/** Whether this is what `pusher.authorizeChannel` gave for the socket, channel and channel data. */
export function isChannelAuthorized(
  auth: string,
  subscription: { socketId: string; channel: string; channelData: string | undefined },
  credentials: PusherCredentials,
): boolean {
  const { channel, channelData, socketId } = subscription;
  const parts = channelData === undefined ? [socketId, channel] : [socketId, channel, channelData];
  return isEqual(auth, `${credentials.key}:${sign(credentials.secret, parts.join(":"))}`);
}

/** Whether this is what `pusher.authenticateUser` gave for the socket and user data. */
export function isUserAuthenticated(
  auth: string,
  user: { socketId: string; userData: string },
  credentials: PusherCredentials,
): boolean {
  const expected = sign(credentials.secret, `${user.socketId}::user::${user.userData}`);
  return isEqual(auth, `${credentials.key}:${expected}`);
}

/** Names are lower-cased and sorted, values are not escaped. */
function signedText({ method, path, query }: SignedRequest): string {
  const pairs = [...query]
    .filter(([name]) => name !== SIGNATURE_PARAMETER)
    .map(([name, value]) => `${name.toLowerCase()}=${value}`)
    .toSorted();
  return [method.toUpperCase(), path, pairs.join("&")].join("\n");
}

function md5(content: Buffer): string {
  return createHash("md5").update(content).digest("hex");
}

/** Takes the same time wherever the difference is. */
function isEqual(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}
