import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { S3Error } from "./s3-error.ts";

/** The one account that the stand-in knows. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

/** What is signed of a request. */
export interface SignedRequest {
  method: string;
  /** As it came: escaped, without the query. */
  path: string;
  /** As it came. */
  query: string;
  headers: IncomingHttpHeaders;
}

/** How far a caller's clock may be off. Seconds. */
const CLOCK_TOLERANCE_SECONDS = 900;
/** How long a signed URL may live: a week. Seconds. */
const MAXIMUM_EXPIRY_SECONDS = 604_800;

const ALGORITHM = "AWS4-HMAC-SHA256";
const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

interface Claim {
  credential: string;
  signedHeaders: string;
  signature: string;
  /** As X-Amz-Date has it: 20260131T120000Z. */
  date: string;
  payloadHash: string;
  /** Undefined where the signature is in a header. Seconds. */
  expiresSeconds: number | undefined;
}

/**
 * Checks a request's signature, in its header or in its query.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 *
 * @param now the server's time, in milliseconds.
 * @returns what the body was said to hash to: hexadecimal, UNSIGNED-PAYLOAD or one of STREAMING-….
 * @throws S3Error 400 or 403.
 */
export function checkSignature(request: SignedRequest, credentials: S3Credentials, now: number): string {
  const claim = readClaim(request);
  const [keyId, day = "", region, service, terminator] = claim.credential.split("/");
  if (keyId !== credentials.accessKeyId) {
    throw new S3Error(403, "InvalidAccessKeyId", "The access key is not known");
  }
  const scope = `${day}/${credentials.region}/s3/aws4_request`;
  if (region !== credentials.region || service !== "s3" || terminator !== "aws4_request") {
    throw new S3Error(403, "AuthorizationHeaderMalformed", `The credential's scope must be ${scope}`);
  }
  checkTime(claim, day, now);
  checkSignedHeaders(request, claim);
  const expected = sign(credentials.secretAccessKey, scope, [
    ALGORITHM,
    claim.date,
    scope,
    sha256(canonicalRequest(request, claim)),
  ]);
  if (!isEqual(claim.signature, expected)) {
    throw new S3Error(403, "SignatureDoesNotMatch", "The signature is not the one that the request has");
  }
  return claim.payloadHash;
}

function readClaim({ headers, query }: SignedRequest): Claim {
  const parameters = new URLSearchParams(query);
  if (parameters.get("X-Amz-Algorithm") === ALGORITHM) {
    const expiresSeconds = Number(parameters.get("X-Amz-Expires") ?? Number.NaN);
    if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > MAXIMUM_EXPIRY_SECONDS) {
      throw new S3Error(400, "AuthorizationQueryParametersError", "X-Amz-Expires must be 1 to 604800");
    }
    return {
      credential: parameters.get("X-Amz-Credential") ?? "",
      signedHeaders: parameters.get("X-Amz-SignedHeaders") ?? "",
      signature: parameters.get("X-Amz-Signature") ?? "",
      date: parameters.get("X-Amz-Date") ?? "",
      payloadHash: parameters.get("X-Amz-Content-Sha256") ?? UNSIGNED_PAYLOAD,
      expiresSeconds,
    };
  }
  const header = new RegExp(
    `^${ALGORITHM} Credential=([^, ]+), ?SignedHeaders=([^, ]+), ?Signature=([0-9a-f]+)$`,
  ).exec(headers.authorization ?? "");
  if (!header) throw new S3Error(403, "AccessDenied", "The request is not signed");
  const [, credential = "", signedHeaders = "", signature = ""] = header;
  const payloadHash = headers["x-amz-content-sha256"];
  if (typeof payloadHash !== "string") {
    throw new S3Error(400, "InvalidRequest", "x-amz-content-sha256 is missing");
  }
  const date = String(headers["x-amz-date"] ?? "");
  return { credential, signedHeaders, signature, date, payloadHash, expiresSeconds: undefined };
}

function checkTime({ date, expiresSeconds }: Claim, day: string, now: number): void {
  const [, year, month, dayOfMonth, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const at = Date.parse(`${year}-${month}-${dayOfMonth}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at) || !date.startsWith(day)) {
    throw new S3Error(403, "AccessDenied", "The date must be like 20260131T120000Z and fit the credential");
  }
  const ageSeconds = (now - at) / 1_000;
  if (ageSeconds < -CLOCK_TOLERANCE_SECONDS) {
    throw new S3Error(403, "AccessDenied", "Request is not valid yet");
  }
  if (expiresSeconds === undefined && ageSeconds > CLOCK_TOLERANCE_SECONDS) {
    throw new S3Error(403, "RequestTimeTooSkewed", "The request's time is too far from the server's");
  }
  if (expiresSeconds !== undefined && ageSeconds >= expiresSeconds) {
    throw new S3Error(403, "AccessDenied", "Request has expired");
  }
}

/** The host, and every x-amz- header that was sent, must be covered. */
function checkSignedHeaders({ headers }: SignedRequest, { signedHeaders }: Claim): void {
  const signed = new Set(signedHeaders.split(";"));
  const uncovered = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))].filter(
    (name) => !signed.has(name),
  );
  if (uncovered.length > 0) {
    throw new S3Error(403, "AccessDenied", `These headers were not signed: ${uncovered.join(", ")}`);
  }
}

function canonicalRequest({ method, path, query, headers }: SignedRequest, claim: Claim): string {
  const names = claim.signedHeaders.split(";");
  const lines = names.map(
    (name) =>
      `${name}:${String(headers[name] ?? "")
        .trim()
        .replaceAll(/ +/g, " ")}`,
  );
  return [
    method,
    path,
    canonicalQuery(query),
    `${lines.join("\n")}\n`,
    claim.signedHeaders,
    claim.payloadHash,
  ].join("\n");
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${escape(name)}=${escape(value)}`)
    .toSorted()
    .join("&");
}

/** As RFC 3986 has it: what encodeURIComponent leaves alone beyond that is escaped too. */
function escape(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sign(secret: string, scope: string, lines: readonly string[]): string {
  const key = scope.split("/").reduce<string | Buffer>((parent, part) => hmac(parent, part), `AWS4${secret}`);
  return hmac(key, lines.join("\n")).toString("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Takes the same time wherever the difference is. */
function isEqual(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}
