import request from "supertest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let testApp: TestApp;
let accessToken: string;

beforeAll(async () => {
  testApp = await createTestApp();
  accessToken = (await testApp.login("RuleManager")).accessToken;
});

afterAll(() => testApp.close());

function send(method: "get" | "post" | "put", path: string, body: object = {}, key?: string) {
  const asking = request(testApp.app)[method](`/api/v1/transfer-buckets${path}`);
  asking.set("Authorization", `Bearer ${accessToken}`);
  if (key !== undefined) asking.set("Idempotency-Key", key);
  return method === "get" ? asking.query(body) : asking.send(body);
}

async function givenBucket(): Promise<string> {
  const { body } = await send("post", "", { name: "Payouts", currency: "EUR", threshold: "100" });
  return (body as { id: string }).id;
}

it("a created bucket is returned whole, with its place; sums are decimals in quotes", async () => {
  const created = await send("post", "", {
    ...{ name: "Payouts", currency: "EUR", currentBalance: "1250.5", threshold: "100" },
  });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    ...{ currentBalance: "1250.5000", threshold: "100.0000", hysteresis: "0.0000", state: "ok" },
    stateChangedAt: null,
  });
  expect(created.headers["location"]).toBe(`/api/v1/transfer-buckets/${created.body.id}`);
  expect((await send("get", `/${created.body.id}`)).body).toEqual(created.body);
});

it.each([
  ["put", "balance"],
  ["post", "amount"],
] as const)(
  "%s of a balance takes the Idempotency-Key header: the same request counts once",
  async (method, field) => {
    const id = await givenBucket();
    const change = (value: string) => send(method, `/${id}/balance`, { [field]: value }, "settlement 1");
    for (let time = 0; time < 3; time += 1) {
      expect(await change("5.0001")).toMatchObject({ status: 200, body: { currentBalance: "5.0001" } });
    }
    expect((await send("get", `/${id}/entries`)).body).toMatchObject({
      items: [{ amount: "5.0001", idempotencyKey: "settlement 1" }, { kind: "opening" }],
      total: 2,
    });
    expect((await change("6")).body).toMatchObject({ status: 422, code: "IDEMPOTENCY_KEY_REUSED" });
  },
);

it("a sum as a number is refused, and one that leads too far says where", async () => {
  const id = await givenBucket();
  expect((await send("post", `/${id}/balance`, { amount: 5.1 })).body).toMatchObject({
    status: 400,
    errors: [{ pointer: "/amount" }],
  });
  await send("put", `/${id}/balance`, { balance: "999999999999999.9999" });
  expect((await send("post", `/${id}/balance`, { amount: "0.0001" })).body).toMatchObject({
    ...{ status: 422, code: "BALANCE_OUT_OF_RANGE", errors: [{ pointer: "/amount" }] },
  });
});
