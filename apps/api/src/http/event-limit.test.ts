import { DomainError } from "@tocsin/contracts/errors";
import { networkOf } from "@tocsin/core/throttle/network-of";
import express from "express";
import { rateLimit } from "express-rate-limit";
import request from "supertest";
import { describe, expect, it } from "vitest";
import { recordingLog } from "../testing/stub-services.ts";
import { createEventLimit } from "./event-limit.ts";
import { problemHandler } from "./problem.ts";

let time = 0;

function appWith(limit: (asked: express.Request, response: express.Response) => void) {
  const app = express();
  app.set("trust proxy", 1);
  app.use((asked, response, next) => {
    limit(asked, response);
    next();
  });
  app.post("/", (_request, response) => void response.status(202).end());
  app.use(problemHandler(recordingLog().log));
  return app;
}

function limited(limit: number) {
  const events = createEventLimit({ limit, now: () => time });
  return appWith((asked, response) => void events.count(networkOf(asked.ip ?? null), response));
}

const post = (app: express.Express, address = "203.0.113.1") =>
  request(app).post("/").set("X-Forwarded-For", address);

describe("the limit of events", () => {
  it("takes as many as it says and refuses the next one", async () => {
    const app = limited(2);
    const statuses = [(await post(app)).status, (await post(app)).status];
    const refused = await post(app);
    expect([...statuses, refused.status]).toEqual([202, 202, 429]);
    expect(refused.headers["retry-after"]).toBe("60");
    expect(refused.body).toMatchObject({ detail: "More than 2 requests in a minute" });
  });

  it("begins anew when a minute is over, and not before", async () => {
    time = 0;
    const app = limited(1);
    await post(app);
    time = 59_999;
    const before = (await post(app)).status;
    time = 60_000;
    expect([before, (await post(app)).status]).toEqual([429, 202]);
  });

  it("counts each sender by itself, and an IPv6 network as one", async () => {
    const app = limited(1);
    const statusOf = async (address: string) => (await post(app, address)).status;
    expect(await statusOf("203.0.113.1")).toBe(202);
    expect(await statusOf("203.0.113.2")).toBe(202);
    expect(await statusOf("2001:db8:1:2::1")).toBe(202);
    expect(await statusOf("2001:db8:1:2:ffff::2")).toBe(429);
    expect(await statusOf("2001:db8:1:3::1")).toBe(202);
  });

  it("tells what express-rate-limit would tell", async () => {
    const keyGenerator = () => "203.0.113.1";
    const options = { limit: 5, windowMs: 60_000, identifier: "events", legacyHeaders: false } as const;
    const other = express().use(rateLimit({ ...options, standardHeaders: "draft-8", keyGenerator }));
    const own = limited(5);
    for (let count = 0; count < 5; count += 1) {
      const [mine, theirs] = [await post(own), await post(other)];
      const [left, policy] = [theirs.headers["ratelimit"], theirs.headers["ratelimit-policy"]];
      expect(mine.headers["ratelimit"]).toBe(left);
      expect(mine.headers["ratelimit-policy"]).toBe(policy);
    }
  });

  it("forgets the sender that began first where too many are counted", () => {
    const events = createEventLimit({ limit: 1, now: () => time });
    const response = { setHeader: () => {} } as unknown as express.Response;
    const count = (caller: string) => () => events.count(caller, response);
    for (let caller = 0; caller < 50_000; caller += 1) void count(`first-${caller}`)();
    expect(count("first-0")).toThrow(DomainError);
    expect(count("one-more")).not.toThrow();
    expect(count("first-0")).not.toThrow();
    expect(count("first-49999")).toThrow(DomainError);
  });
});
