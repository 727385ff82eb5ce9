import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { ExpressAdapter } from "@bull-board/express";
import { authenticate } from "@tocsin/core/auth/authenticate";
import { login } from "@tocsin/core/auth/login";
import { networkOf } from "@tocsin/core/throttle/network-of";
import type { Services } from "@tocsin/core/context";
import { loginInputSchema } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import { queueNames } from "@tocsin/contracts/jobs";
import { isPermitted, type Permission } from "@tocsin/contracts/permissions";
import { createQueue } from "@tocsin/platform/queues";
import { type Express, type Request, type RequestHandler, Router } from "express";
import type { BodyMemory, HeldMemory } from "../http/body-memory.ts";
import { clientAddressOf } from "../http/client-address.ts";
import { hasBody, readBody } from "../http/read-body.ts";
import type { RateLimit } from "../http/rate-limit.ts";
import { readPairs } from "../rest/read-input.ts";
import { createApiContext } from "../trpc/context.ts";
import { loginPage } from "./login-page.ts";

const cookieName = "tocsin_queues";
const needed: Permission = "system:status";

/** The most that the form of a login may have. Bytes. */
const maximumFormBytes = 4096;

export interface QueueBoardOptions {
  services: Services;
  /** Where the board is: `/queues`. */
  path: string;
  /** Whether browsers reach it by HTTPS alone: the cookie then goes no other way. */
  isSecure: boolean;
  /** Limits how often somebody tries to log in. */
  logins: RateLimit;
  bodies: BodyMemory;
}

/**
 * Bull Board: a page that shows the jobs of every queue and changes nothing. Whoever wants to see it logs in with an
 * account that may see the state of the system; as long as an access token lives, for this page alone.
 */
export function queueBoard({ services, path, isSecure, logins, bodies }: QueueBoardOptions): Router {
  const routes = Router({ caseSensitive: true, strict: true });
  routes.use(nameRoute(path));
  routes.use(ownContent);
  routes.get("/login", (_request, response) => {
    response.type("html").send(loginPage(`${path}/login`));
  });
  // As every request: how much may they, what do they send, then it is checked and done.
  routes.post("/login", refuseOtherSites, async (request, response) => {
    const caller = networkOf(clientAddressOf(request));
    await logins.count(caller, response);
    const form = await readForm(request, bodies.begin(caller));
    try {
      const token = await logIn(services, request, form);
      response.cookie(cookieName, token, {
        ...{ httpOnly: true, sameSite: "strict", path, secure: isSecure },
        maxAge: services.settings.accessTokenSeconds * 1000,
      });
      response.redirect(303, path);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      response
        .status(error.status)
        .type("html")
        .send(loginPage(`${path}/login`, error.message));
    }
  });
  routes.use(onlyPermitted(services, path), boardOf(services, path));
  return routes;
}

/** The page's own files and no others: it would fetch its letters from elsewhere. */
const ownContent: RequestHandler = (_request, response, next) => {
  response.setHeader(
    "Content-Security-Policy",
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
  );
  next();
};

/** The fields of the form. @throws DomainError as reading a body does; UNSUPPORTED_MEDIA_TYPE */
async function readForm(request: Request, memory: HeldMemory): Promise<Record<string, unknown>> {
  try {
    if (hasBody(request) && !request.is("application/x-www-form-urlencoded")) {
      throw new DomainError("UNSUPPORTED_MEDIA_TYPE");
    }
    return readPairs(hasBody(request) ? await readBody(request, { limit: maximumFormBytes, memory }) : "");
  } finally {
    memory.release();
  }
}

/** All that belongs to the board is one route in metrics and logs. */
function nameRoute(path: string): RequestHandler {
  return (request, _response, next) => {
    request.routeName = path;
    next();
  };
}

/** A form of another site logs nobody in. */
const refuseOtherSites: RequestHandler = (request, _response, next) => {
  const site = request.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") throw new DomainError("NOT_FOUND");
  next();
};

/** @returns an access token @throws DomainError as login does; UNAUTHORIZED_ROLE for who may not see the queues */
async function logIn(services: Services, request: Request, form: Record<string, unknown>): Promise<string> {
  const { request: info } = createApiContext(services, request);
  const input = loginInputSchema.safeParse(form);
  if (!input.success) throw new DomainError("INVALID_CREDENTIALS");
  const ctx = { ...services, actor: { type: "anonymous" as const }, request: info };
  const session = await login(ctx, input.data);
  if (!isPermitted(session.user.permissions, needed)) throw new DomainError("UNAUTHORIZED_ROLE");
  return session.accessToken;
}

function onlyPermitted(services: Services, path: string): RequestHandler {
  return async (request, response, next) => {
    const token = new RegExp(`(?:^|; )${cookieName}=([\\w.-]+)`).exec(request.headers.cookie ?? "")?.[1];
    try {
      const actor = await authenticate(services, token ?? "");
      if (actor.type === "user" && isPermitted(actor.permissions, needed)) {
        next();
        return;
      }
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "UNAUTHENTICATED") throw error;
    }
    response.redirect(303, `${path}/login`);
  };
}

function boardOf({ redis }: Services, path: string): Express {
  const serverAdapter = new ExpressAdapter().setBasePath(path);
  createBullBoard({
    queues: queueNames.map((name) => new BullMQAdapter(createQueue(name, redis), { readOnlyMode: true })),
    serverAdapter,
    options: { uiConfig: { boardTitle: "Tocsin" } },
  });
  const board = serverAdapter.getRouter() as Express;
  board.disable("x-powered-by");
  return board;
}
