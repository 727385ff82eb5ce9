import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import request from "supertest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";

let testApp: TestApp;
let manager: TestUser;

beforeAll(async () => {
  testApp = await createTestApp();
  manager = await testApp.login("RuleManager");
  const events = Array.from({ length: 500 }, () => ({ type: "a.b", source: "test" }));
  const authorization = `Bearer ${manager.accessToken}`;
  await request(testApp.app)
    .post("/api/v1/events/batch")
    .set("Authorization", authorization)
    .send({ events });
});

afterAll(() => testApp.close());

it("a backtest whose client goes away stops looking", async () => {
  const { pool } = testApp.services;
  const query = pool.query.bind(pool);
  const reads: string[] = [];
  const begun = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  pool.query = async (sql, values) => {
    if (sql.includes("FROM event WHERE id >= ?")) {
      reads.push(sql);
      begun.resolve();
      await gone.promise;
    }
    return query(sql, values);
  };
  const server = createServer(testApp.app).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const closed = new Promise<void>((resolve) => {
    server.on("request", (_request, response) => response.once("close", resolve));
  });
  const leaving = new AbortController();
  const asking = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/rules/backtest`, {
    method: "POST",
    headers: { authorization: `Bearer ${manager.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ condition: "true" }),
    signal: leaving.signal,
  });
  await begun.promise;
  leaving.abort();
  await expect(asking).rejects.toThrow("aborted");
  await closed;
  gone.resolve();
  // The next one waits for its turn: that it runs shows that the first has ended.
  const next = await request(testApp.app)
    .post("/api/v1/rules/backtest")
    .set("Authorization", `Bearer ${manager.accessToken}`)
    .send({ condition: "true", events: 10 });
  expect(next.body).toMatchObject({ lookedAt: 10, cut: "events", matched: 10 });
  await eventually(() => expect(reads).toHaveLength(2));
  server.close();
});
