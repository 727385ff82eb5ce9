import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";

let testApp: TestApp;
let manager: TestUser;

beforeAll(async () => {
  testApp = await createTestApp();
  manager = await testApp.login("RuleManager");
});

afterAll(() => testApp.close());

type Method = "get" | "post" | "put" | "delete";

function call(method: Method, path: string, body?: object) {
  const client = request(testApp.app);
  const asking = client[method](`/api/v1${path}`).set("Authorization", `Bearer ${manager.accessToken}`);
  return body === undefined ? asking : asking.send(body);
}

const draft = { name: "Large", condition: "event.amount > 10", targetRoles: ["Operator"] };
const created = async (some: object = {}) => (await call("post", "/rules", { ...draft, ...some })).body;

describe("a rule's life over REST", () => {
  it("is created, changed, rolled back, deleted; each step is a version", async () => {
    const { id } = await created();
    const changed = await call("put", `/rules/${id}`, { priority: 1, expectedVersion: 1 });
    expect([changed.status, changed.body]).toEqual([
      200,
      expect.objectContaining({ priority: 1, version: 2 }),
    ]);
    const back = await call("post", `/rules/${id}/rollback`, { version: 1 });
    expect([back.status, back.body]).toEqual([200, expect.objectContaining({ priority: 3, version: 3 })]);
    const deleted = await call("delete", `/rules/${id}?expectedVersion=3`);
    expect([deleted.status, deleted.text, deleted.headers["content-length"]]).toEqual([204, "", undefined]);
    expect((await call("get", `/rules/${id}`)).body).toMatchObject({ status: 404, code: "RULE_NOT_FOUND" });
    const versions = await call("get", `/rules/${id}/versions?limit=2`);
    expect(versions.body).toMatchObject({
      items: [{ kind: "deleted" }, { kind: "rolled_back", restoredVersion: 1 }],
      total: 4,
      nextCursor: "3",
    });
  });

  it("takes back what GET gave, with a field changed: PUT is a whole replacement for those who send all", async () => {
    const { id, version, createdBy: _by, createdAt: _at, updatedAt: _later, ...content } = await created();
    const { body } = await call("put", `/rules/${id}`, {
      ...content,
      name: "Other",
      expectedVersion: version,
    });
    expect(body).toMatchObject({ ...content, name: "Other", version: 2 });
  });

  it("does not delete a version that nobody has seen", async () => {
    const { id } = await created();
    expect((await call("delete", `/rules/${id}?expectedVersion=2`)).body).toMatchObject({
      status: 409,
      code: "RULE_CHANGED",
      errors: [{ pointer: "/expectedVersion" }],
    });
  });
});

describe("samples", () => {
  const sample = { type: "a", payload: {} };
  const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });

  it("are at most 10 for a validation", async () => {
    const validate = (count: number) =>
      call("post", "/rules/validate", {
        condition: "true",
        sampleEvents: Array.from({ length: count }, () => sample),
      });
    expect([(await validate(10)).status, (await validate(11)).body.errors[0].pointer]).toEqual([
      200,
      "/sampleEvents",
    ]);
  });

  it("nest at most 24 levels", async () => {
    const test = (depth: number) =>
      call("post", "/rules/test", { condition: "true", event: { type: "a", payload: nested(depth) } });
    expect([(await test(24)).status, (await test(25)).body.errors[0].pointer]).toEqual([
      200,
      "/event/payload",
    ]);
  });
});

describe("a backtest's bounds", () => {
  it.each([
    [{ events: 200_000 }, 200],
    [{ events: 200_001 }, 400],
    [{ events: 0 }, 400],
    [{ hours: 720 }, 200],
    [{ hours: 721 }, 400],
  ])("%o is %i", async (bounds, status) => {
    expect((await call("post", "/rules/backtest", { condition: "true", ...bounds })).status).toBe(status);
  });
});

describe("the tests of a rule", () => {
  const test = (some: object = {}) => ({
    name: "t",
    event: { type: "a", payload: { amount: 11 } },
    expected: "fires",
    ...some,
  });
  const many = (count: number) => Array.from({ length: count }, (_, index) => test({ name: `${index}` }));

  it("answer 422 with a pointer to each that fails", async () => {
    const { body } = await call("post", "/rules", {
      ...draft,
      tests: [
        test(),
        test({ name: "u", expected: "does_not_fire" }),
        test({ name: "v", expectedTitle: "?" }),
      ],
    });
    expect(body).toMatchObject({
      status: 422,
      code: "RULE_TESTS_FAILED",
      errors: [
        { pointer: "/tests/1", message: "“u” should not fire, but fires: event.amount > 10 is true" },
        { pointer: "/tests/2", message: "“v” should have the title “?”, but has “Large”" },
      ],
    });
  });

  it("are at most 20, with names of their own, in 32 kB together", async () => {
    const large = (size: number) => [
      test({ event: { type: "a", payload: { amount: 11, text: "a".repeat(size) } } }),
    ];
    const frame = JSON.stringify((await created({ tests: large(0) })).tests).length;
    const room = 32 * 1024 - frame;
    const answers = await Promise.all(
      [many(20), many(21), large(room), large(room + 1), [test(), test()]].map((tests) =>
        call("post", "/rules", { ...draft, tests }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 400, 201, 400, 400]);
    const refused = answers.filter(({ status }) => status === 400);
    expect(refused.map(({ body }) => body.errors[0].pointer)).toEqual(["/tests", "/tests", "/tests"]);
  });
});
