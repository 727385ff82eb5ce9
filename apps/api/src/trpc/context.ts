import { isApiKey } from "@tocsin/core/api-keys/api-key-secret";
import { authenticateApiKey } from "@tocsin/core/api-keys/authenticate-api-key";
import { authenticate } from "@tocsin/core/auth/authenticate";
import type { Actor, RequestInfo, Services } from "@tocsin/core/context";
import type { SignedBody } from "@tocsin/core/presence/take-pusher-webhook";
import type { Request } from "express";
import { bearerTokenOf } from "../http/bearer-token.ts";
import { clientAddressOf } from "../http/client-address.ts";
// Where it is declared that a request has an id.
import "../http/request-id.ts";

/** What a procedure is given: the services, where the call came from, and a way to ask who is calling. */
export interface ApiContext {
  services: Services;
  request: RequestInfo;
  /** The `Authorization` header. */
  authorization: string | undefined;
  /** Who is calling; asked at most once, and not at all by public procedures. @throws DomainError UNAUTHENTICATED */
  identify: () => Promise<Actor>;
  /** The body to the byte, and what Pusher says to have signed it with; of REST alone. */
  signedBody: () => SignedBody;
}

/** The context of an HTTP request. */
export function createApiContext(services: Services, request: Request): ApiContext {
  const { authorization } = request.headers;
  let actor: Promise<Actor> | undefined;
  return {
    services,
    request: {
      id: request.requestId,
      ip: clientAddressOf(request),
      userAgent: request.headers["user-agent"] ?? null,
    },
    authorization,
    identify: () => (actor ??= identify(services, authorization)),
    signedBody: () => ({
      text: typeof request.body === "string" ? request.body : "",
      key: request.get("x-pusher-key"),
      signature: request.get("x-pusher-signature"),
    }),
  };
}

async function identify(services: Services, authorization: string | undefined): Promise<Actor> {
  const token = bearerTokenOf(authorization);
  if (token === undefined) return { type: "anonymous" };
  return isApiKey(token) ? authenticateApiKey(services, token) : authenticate(services, token);
}
