import { createHash, createHmac, randomBytes } from "node:crypto";
import jwt from "jsonwebtoken";
import { z } from "zod";
import { DomainError } from "@tocsin/contracts/errors";
import { newId } from "@tocsin/db/ids";
import type { Services, SigningKey } from "../context.ts";

const issuer = "tocsin";
const audience = "tocsin-api";
/** RFC 9068: tells an access token from any other JWT signed with the same key. */
const accessTokenType = "at+jwt";

const claimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), sv: z.int() });

/** What an access token says: who, in which session, and as of which session version of the account. */
export interface AccessClaims {
  userId: string;
  /** The family of refresh tokens that the session lives by. */
  sessionId: string;
  sessionVersion: number;
}

/** Signs an access token (RFC 9068) with the first of the signing keys. */
export function signAccessToken(services: Services, claims: AccessClaims): string {
  const [current] = services.signingKeys;
  if (!current) throw new Error("No signing key is configured");
  return jwt.sign({ sid: claims.sessionId, sv: claims.sessionVersion }, current.key, {
    algorithm: "HS256",
    header: { alg: "HS256", typ: accessTokenType, kid: current.id },
    subject: claims.userId,
    issuer,
    audience,
    expiresIn: services.settings.accessTokenSeconds,
  });
}

/**
 * Reads an access token.
 * @throws DomainError UNAUTHENTICATED where it is forged, expired, of another type or of an unknown key (RFC 8725).
 */
export function verifyAccessToken(keys: readonly SigningKey[], token: string): AccessClaims {
  try {
    const header = jwt.decode(token, { complete: true })?.header;
    const signingKey = keys.find((candidate) => candidate.id === header?.kid);
    if (!signingKey || header?.typ !== accessTokenType) throw new Error("Unknown key or type");
    const payload = jwt.verify(token, signingKey.key, { algorithms: ["HS256"], issuer, audience });
    const claims = claimsSchema.parse(payload);
    return { userId: claims.sub, sessionId: claims.sid, sessionVersion: claims.sv };
  } catch (cause) {
    throw new DomainError("UNAUTHENTICATED", {
      detail: "The access token is not valid or has expired",
      cause,
    });
  }
}

/** A token that means nothing by itself: 256 random bits. Only its hash is ever stored. */
export function newOpaqueToken(): { token: string; hash: Uint8Array<ArrayBuffer> } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashOpaqueToken(token) };
}

/** The form in which such a token is stored and looked up. */
export function hashOpaqueToken(token: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash("sha256").update(token).digest());
}

/** A refresh token to be stored. */
export interface NewRefreshToken {
  id: string;
  familyId: string;
  token: string;
}

/** The first refresh token of a new session. */
export function newSessionTokens(): NewRefreshToken {
  return { id: newId(), familyId: newId(), token: newOpaqueToken().token };
}

/**
 * The refresh tokens that may follow `token`, one for each signing key, the present one first. A token is derived from
 * the one before it and the id of its own row, so that whoever did not get the answer of an exchange is given the same
 * successor again, though only its hash is stored. Nobody derives it without a signing key.
 */
export function successorsOf(keys: readonly SigningKey[], token: string, id: string): string[] {
  return keys.map(({ key }) =>
    createHmac("sha256", key).update(`refresh token ${id} after ${token}`).digest("base64url"),
  );
}
