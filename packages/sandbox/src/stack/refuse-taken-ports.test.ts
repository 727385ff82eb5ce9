import { createServer } from "node:net";
import type { AddressInfo, Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../engines/free-port.ts";
import type { GivenParts } from "./given-parts.ts";
import { refuseTakenPorts } from "./refuse-taken-ports.ts";
import type { StackPorts } from "./settings.ts";

const nothing: GivenParts = { engines: {}, pusher: false, s3: false, push: false };
const everything: GivenParts = {
  engines: { databaseUrl: "mysql://db/x", redisUrl: "redis://cache" },
  ...{ pusher: true, s3: true, push: true },
};

let other: Server;
let free: StackPorts;
let taken: number;

beforeEach(async () => {
  other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  taken = (other.address() as AddressInfo).port;
  // Nobody listens there: that several of them are the same does not matter here.
  const port = await freePort();
  free = {
    ...{ api: port, workerHealth: port, database: port, redis: port },
    ...{ pusher: port, s3: port, fcm: port, apns: port },
  };
});

afterEach(() => new Promise((resolve) => other.close(resolve)));

test.each(["database", "redis", "pusher", "s3", "fcm", "apns"] as const)(
  "the port of %s is needed where it is sandboxed, and not where it is given",
  async (part) => {
    const ports = { ...free, [part]: taken };
    await expect(refuseTakenPorts(ports, nothing)).rejects.toThrow(/is taken.*TOCSIN_[A-Z0-9]+_PORT=<port>/);
    await expect(refuseTakenPorts(ports, everything)).resolves.toBeUndefined();
  },
);

test.each(["api", "workerHealth"] as const)("the port of %s is always needed", async (part) => {
  await expect(refuseTakenPorts({ ...free, [part]: taken }, everything)).rejects.toThrow(/is taken/);
});
