import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import Pusher from "pusher";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readBody } from "../stand-in/http-body.ts";
import { startPusherServer } from "../pusher/server.ts";
import type { PusherServer } from "../pusher/server.ts";
import { runDemo } from "./run-demo.ts";
import { isComplete } from "./summary.ts";

const credentials = { appId: "1", key: "key-of-tests", secret: "secret-of-tests" };
const OPERATOR_ID = "operator-id";
const bucketEvent = { id: "event-of-bucket", dedupKey: "transfer-bucket:bucket" };
const options = { transfers: 60, rate: 1_000, isQuiet: true, wantsHelp: false };

/** A whole demo takes a while on a busy machine. */
const patience = { timeout: 60_000 };

let standIn: PusherServer;
let pusher: Pusher;
let api: Server;
/** Failed transfers alert operators, except this one when it is set. */
let forgotten: number | undefined;
/** Whether a balance that falls is told of. */
let isBucketWatched: boolean;
/** How many calls to POST /events are answered 429 first. */
let busyCalls: number;
let failedTransfers: number;
const events = new Map<string, boolean>();

beforeEach(async () => {
  standIn = await startPusherServer(credentials);
  pusher = new Pusher({ ...credentials, host: "127.0.0.1", port: String(standIn.port) });
  forgotten = undefined;
  isBucketWatched = true;
  busyCalls = 0;
  failedTransfers = 0;
  events.clear();
  api = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  await standIn.close();
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
});

interface Answer {
  status: number;
  body: unknown;
}

/** The part of the API that the demo uses, with one rule: a failed transfer and a low balance alert operators. */
async function answer(request: IncomingMessage): Promise<Answer> {
  const body = (await readBody(request)).toString("utf8");
  const [path = ""] = (request.url ?? "").split("?");
  const [, , , resource, id = ""] = path.split("/");
  if (path.endsWith("/events")) {
    if (request.method === "GET") return ok({ items: isBucketWatched ? [bucketEvent] : [] });
    return takeEvent(JSON.parse(body).type as string);
  }
  switch (`${request.method} ${resource}`) {
    case "POST auth":
      return logIn(JSON.parse(body).email as string);
    case "GET config":
      return ok(realtimeConfig());
    case "POST users":
      if (path.endsWith("pusher-user-auth")) return signIn(new URLSearchParams(body));
      return authorize(new URLSearchParams(body), request.headers.authorization);
    case "GET events":
      return ok({ id, status: "processed", matches: matchesOf(id) });
    case "POST transfer-buckets":
      return id === "" ? { status: 201, body: { id: "bucket" } } : lowerBalance();
    case "GET rules":
      return ok({ items: [{ id: "rule", targetRoles: ["Operator"] }], nextCursor: null });
    default:
      return { status: 404, body: {} };
  }
}

function logIn(role: string): Answer {
  return ok({
    accessToken: role,
    user: { id: role === "Operator" ? OPERATOR_ID : "admin", roles: [role] },
  });
}

function realtimeConfig() {
  return {
    key: credentials.key,
    cluster: "sandbox",
    wsHost: "127.0.0.1",
    wsPort: standIn.port,
    forceTLS: false,
    channel: "private-user-{userId}",
    authEndpoint: "/api/v1/users/me/pusher-auth",
    userAuthEndpoint: "/api/v1/users/me/pusher-user-auth",
  };
}

function signIn(form: URLSearchParams): Answer {
  return ok(pusher.authenticateUser(form.get("socket_id") ?? "", { id: OPERATOR_ID }));
}

function authorize(form: URLSearchParams, authorization: string | undefined): Answer {
  if (authorization !== "Bearer Operator") return { status: 401, body: {} };
  return ok(pusher.authorizeChannel(form.get("socket_id") ?? "", form.get("channel_name") ?? ""));
}

function matchesOf(eventId: string) {
  if (events.get(eventId) !== true) return [];
  return [{ ruleId: "rule", outcome: "alerted", notificationId: `alert-of-${eventId}` }];
}

async function takeEvent(type: string): Promise<Answer> {
  if (busyCalls > 0) {
    busyCalls -= 1;
    return { status: 429, body: { title: "Too many requests" } };
  }
  const id = `event-${events.size}`;
  const isAlert = type === "transfer.failed";
  events.set(id, isAlert);
  if (isAlert) {
    failedTransfers += 1;
    if (failedTransfers !== forgotten) await alertOperator(id);
  }
  return { status: 202, body: { id, status: "received", duplicate: false } };
}

async function lowerBalance(): Promise<Answer> {
  if (isBucketWatched) {
    events.set(bucketEvent.id, true);
    await alertOperator(bucketEvent.id);
  }
  return ok({ state: "breached" });
}

async function alertOperator(eventId: string): Promise<void> {
  const alert = { notificationId: `alert-of-${eventId}`, eventId, priority: 1, title: "Alert", sound: null };
  await pusher.trigger(`private-user-${OPERATOR_ID}`, "notification", alert);
}

function ok(body: unknown): Answer {
  return { status: 200, body };
}

function system() {
  const account = (role: string) => ({ email: role, password: "x", roles: [role] });
  const { port } = api.address() as AddressInfo;
  return {
    api: `http://127.0.0.1:${port}`,
    accounts: [account("Admin"), account("Operator")],
  };
}

it(
  "receives every alert through the real pusher-js and says so, although the API is busy at first",
  patience,
  async () => {
    busyCalls = 3;
    const summary = await runDemo(system(), options);
    expect(isComplete(summary)).toBe(true);
    expect(summary.sent).toBe(events.size);
    expect(summary.delivered).toBe(failedTransfers + 1);
    expect(failedTransfers).toBeGreaterThan(5);
  },
);

it("tells that an alert is missing when one is never delivered", patience, async () => {
  forgotten = 3;
  const summary = await runDemo(system(), options, 200);
  expect(isComplete(summary)).toBe(false);
  expect(summary.missing).toBe(1);
});

it("tells that a balance below its threshold was not noticed", patience, async () => {
  isBucketWatched = false;
  const summary = await runDemo(system(), options, 200);
  expect(isComplete(summary)).toBe(false);
  expect(summary.sent - summary.accepted).toBe(1);
});

it("says in one line that a demo account is missing, and how to have one", async () => {
  await expect(runDemo({ ...system(), accounts: [] }, options)).rejects.toThrow(
    /account with the role Operator.*npm start -- --demo-data/,
  );
});
