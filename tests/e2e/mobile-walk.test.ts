import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { canFollowGuides } from "./support/guide.ts";
import { accounts, password, startSystem, type System } from "../support/system.ts";

const script = join(import.meta.dirname, "../../examples/mobile-rest/walk.sh");

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.close());

/** An operator whose inbox has two alerts. */
async function givenOperatorWithAlerts(): Promise<Client> {
  const manager = await logIn(system, accounts.manager.email);
  const operator = await logIn(system, accounts.operator.email);
  await manager.post("/api/v1/rules", {
    name: "Door",
    condition: 'event.type == "door.open"',
    targetRoles: ["Operator"],
    title: "Door {{ event.payload.door }} is open",
  });
  for (const door of ["A", "B"]) {
    await manager.post("/api/v1/events", { type: "door.open", source: "house", payload: { door } });
    await eventually(async () => {
      const { body } = await operator.get("/api/v1/notifications?limit=1");
      const [newest] = body["items"] as { title: string }[];
      if (newest?.title !== `Door ${door} is open`) throw new Error("The alert is not there yet");
    });
  }
  return operator;
}

it.skipIf(!canFollowGuides)("a phone's way by plain REST goes through", async () => {
  const operator = await givenOperatorWithAlerts();
  const { stdout } = await promisify(execFile)("bash", [script], {
    env: {
      ...process.env,
      TOCSIN_URL: system.url,
      TOCSIN_EMAIL: accounts.operator.email,
      TOCSIN_PASSWORD: password,
    },
  });
  expect(stdout.trim().split("\n")).toEqual([
    `logged in as ${accounts.operator.email}`,
    "registered for push notifications",
    `Pusher's key: ${system.pusherKey}`,
    `may join private-user-${operator.userId}: ${system.pusherKey}`,
    "unread: 2",
    "newest: Door B is open",
    "acknowledged; unread: 1",
    expect.stringMatching(/^changes: 2, next time after \d+$/),
    "logged out",
  ]);
});
