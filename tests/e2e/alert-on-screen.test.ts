import { afterAll, beforeAll, expect, it } from "vitest";
import { userChannel } from "@tocsin/contracts/realtime";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { type Client, logIn, openScreen, type Screen, tryToJoin } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

const requestId = "request-of-the-test";

let system: System;
let manager: Client;
let operator: Client;
let managerScreen: Screen;
let operatorScreen: Screen;

beforeAll(async () => {
  system = await startSystem();
  [manager, operator] = await Promise.all([
    logIn(system, accounts.manager.email),
    logIn(system, accounts.operator.email),
  ]);
  [managerScreen, operatorScreen] = await Promise.all([
    openScreen(system, manager),
    openScreen(system, operator),
  ]);
});

afterAll(async () => {
  managerScreen.close();
  operatorScreen.close();
  await system.close();
});

/** Sends an event under a request id of its own and waits until it is processed. */
async function sendAndProcess(payload: object): Promise<{ matches: { notificationId: string }[] }> {
  const sent = await manager.post(
    "/api/v1/events",
    { type: "transfer.failed", source: "payments", payload },
    {
      "x-request-id": requestId,
    },
  );
  expect(sent).toMatchObject({ status: 202, body: { status: "received", duplicate: false } });
  return eventually(async () => {
    const { body } = await manager.get(`/api/v1/events/${sent.body.id}`);
    expect(body).toMatchObject({ status: "processed" });
    return body as unknown as { matches: { notificationId: string }[] };
  });
}

it("an event becomes an alert on the screens of the rule's roles, and on no other", async () => {
  const rule = await manager.post("/api/v1/rules", {
    name: "Large transfer failed",
    condition: 'event.type == "transfer.failed" && event.amount > 10000',
    targetRoles: ["Operator"],
    title: "Transfer of {{ event.amount }} failed",
    message: "{{ event.payload.reason }}",
    priority: 1,
    sound: "alarm.mp3",
  });
  expect(rule.status).toBe(201);

  await sendAndProcess({ amount: 10_000, reason: "not enough to matter" });
  const processed = await sendAndProcess({ amount: 25_000, reason: "insufficient funds" });
  const notificationId = processed.matches[0]?.notificationId;

  await eventually(() => expect(operatorScreen.received).toHaveLength(1));
  expect(operatorScreen.received).toMatchObject([
    { notificationId, kind: "alert", priority: 1, title: "Transfer of 25000 failed", sound: "alarm.mp3" },
  ]);
  expect(managerScreen.received).toEqual([]);

  const inbox = await operator.get("/api/v1/notifications?status=unread");
  expect(inbox.body).toMatchObject({
    total: 1,
    items: [{ id: notificationId, message: "insufficient funds", recipients: [operator.userId] }],
  });
  await eventually(async () => {
    const { body } = await operator.get(`/api/v1/notifications/${notificationId}`);
    expect(body).toMatchObject({ delivered: true, pusherEventSent: true });
  });
  expect((await operator.get("/api/v1/notifications/unread-count")).body).toEqual({ count: 1 });
  expect((await manager.get(`/api/v1/notifications/${notificationId}`)).status).toBe(404);

  const acknowledged = await operator.put(`/api/v1/notifications/${notificationId}/acknowledge`);
  expect(acknowledged).toMatchObject({ status: 200, body: { acknowledgedBy: [operator.userId] } });
  expect((await operator.get("/api/v1/notifications/unread-count")).body).toEqual({ count: 0 });
});

it("the id of the request that sent an event stands in the log of its delivery", async () => {
  await eventually(() => {
    const delivery = system
      .worker()
      .logs()
      .split("\n")
      .find((line) => line.includes("A delivery was made"));
    expect(JSON.parse(delivery ?? "{}")).toMatchObject({ correlationId: requestId, service: "worker" });
  });
});

it("nobody joins another person's channel", async () => {
  expect(await tryToJoin(system, operator, userChannel(manager.userId))).toBe(403);
  expect(await tryToJoin(system, operator, "private-everyone")).toBe(403);
  expect(await tryToJoin(system, operator, `presence-user-${operator.userId}`)).toBe(403);
});

it("the metrics of both processes and the status tell of it", async () => {
  const worker = await (await fetch(`${system.workerUrl}/metrics`)).text();
  expect(worker).toMatch(/tocsin_events_processed_total\{service="worker"\} [1-9]/);
  expect(worker).toMatch(/tocsin_decisions_total\{outcome="alerted",reason="new_alert",service="worker"\} 1/);
  expect(worker).toMatch(/tocsin_stream_entries\{state="all",service="worker"\} 0/);
  expect(worker).toContain('tocsin_queue_jobs{queue="notification-delivery-queue"');
  const api = await (await fetch(`${system.url}/metrics`)).text();
  expect(api).toMatch(/_count\{service="api",method="POST",route="\/api\/v1\/events",status="202"\} 2/);
  const { body } = await (await logIn(system, accounts.admin.email)).get("/api/v1/status");
  expect(body).toMatchObject({
    status: "ok",
    parts: { mysql: { status: "ok" }, redis: { status: "ok" }, pusher: { status: "ok" } },
    stream: { length: 0, workers: [{ name: "e2e" }] },
    openDeadLetters: 0,
  });
});
