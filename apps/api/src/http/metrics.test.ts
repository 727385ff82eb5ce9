import express, { type Express } from "express";
import request from "supertest";
import { describe, expect, it } from "vitest";
import { addIntakeMetrics, createApiMetrics } from "../metrics/api-metrics.ts";
import { recordingLog } from "../testing/stub-services.ts";
import { measureRequests, metricsRoute } from "./metrics.ts";
import { problemHandler } from "./problem.ts";
import { requestId } from "./request-id.ts";

const token = "a-token-that-is-long-enough-for-this";

function appWith(access: { token: string | undefined; isProduction: boolean }): Express {
  const metrics = createApiMetrics({ usage: () => ({ active: 2, idle: 1, waiting: 0 }) });
  addIntakeMetrics(metrics.registry, { waiting: () => 7 });
  const routes = express.Router();
  routes.get("/things/:id", (asked, response) => {
    // As resolving does.
    asked.routeName = "/api/v1/things/{id}";
    response.json({});
  });
  return express()
    .use(requestId)
    .use(measureRequests(metrics))
    .use(metricsRoute(metrics, access))
    .use("/api/v1", routes)
    .use(problemHandler(recordingLog().log));
}

describe("GET /metrics", () => {
  it("tells how long each route took, by the route as it was declared, and what the pool does", async () => {
    const app = appWith({ token: undefined, isProduction: false });
    await request(app).get("/api/v1/things/1");
    await request(app).get("/api/v1/things/2");
    await request(app).get("/nowhere");
    const { text } = await request(app).get("/metrics").expect(200);
    const labels = 'service="api",method="GET",route="/api/v1/things/{id}",status="200"';
    expect(text).toContain(`tocsin_http_request_duration_seconds_count{${labels}} 2`);
    expect(text).toContain('route="unmatched",status="404"');
    expect(text).toContain('tocsin_database_connections{state="active",service="api"} 2');
    expect(text).toContain('tocsin_events_waiting{service="api"} 7');
    expect(text).toContain("nodejs_eventloop_lag_seconds");
  });

  const read = async (app: Express, authorization = "") =>
    (await request(app).get("/metrics").set("Authorization", authorization)).status;

  it("is not there in production without a token", async () => {
    expect(await read(appWith({ token: undefined, isProduction: true }))).toBe(404);
  });

  it("asks for the token where there is one", async () => {
    const app = appWith({ token, isProduction: true });
    expect([await read(app), await read(app, "Bearer guess"), await read(app, `Bearer ${token}`)]).toEqual([
      ...[401, 401, 200],
    ]);
  });
});
