import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { restRoutes } from "../rest/routes.ts";
import { v1Router } from "../routers/v1.ts";
import { createOpenApiDocument } from "./document.ts";
import type { Operation } from "./describe-route.ts";
import { renderSnapshot, snapshotFile } from "./snapshot.ts";

const document = createOpenApiDocument(v1Router) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown> };
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    path,
    operation,
  })),
);
const apiOperations = operations.filter(({ path }) => path.startsWith("/api/"));

describe("the OpenAPI document", () => {
  it("is the committed one (after a wanted change: npm run openapi:write --workspace @tocsin/api)", () => {
    expect(renderSnapshot()).toBe(readFileSync(snapshotFile, "utf8"));
  });

  it("has every route of the router, and health", () => {
    const names = operations.map(({ name }) => name);
    for (const { method, path } of restRoutes(v1Router)) expect(names).toContain(`${method} /api/v1${path}`);
    expect(names).toEqual(expect.arrayContaining(["GET /health", "GET /ready"]));
  });

  it.each(apiOperations)("$name answers each error as a problem with an example", ({ operation }) => {
    const errors = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    const statuses = errors.map(([status]) => status);
    expect(statuses).toEqual(expect.arrayContaining(["400", "429", "500", "503"]));
    for (const [, response] of errors) {
      expect(response).toMatchObject({
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      });
    }
  });

  it("asks for a token exactly where a procedure is not public", () => {
    for (const { method, path, meta } of restRoutes(v1Router)) {
      const operation = document.paths[`/api/v1${path}`]?.[method.toLowerCase()];
      expect(operation?.security).toEqual(meta.requires === "public" ? [] : [{ bearer: [] }]);
      if (meta.requires !== "public") expect(Object.keys(operation?.responses ?? {})).toContain("401");
    }
  });

  it("says 201 with Location, 202 and 200 where the routes answer so", () => {
    const created = document.paths["/api/v1/rules"]?.["post"]?.responses;
    expect(created?.["201"]).toMatchObject({ headers: { Location: expect.anything() } });
    expect(Object.keys(created ?? {})).not.toContain("200");
    expect(Object.keys(document.paths["/api/v1/events"]?.["post"]?.responses ?? {})).toContain("202");
    expect(Object.keys(document.paths["/api/v1/auth/login"]?.["post"]?.responses ?? {})).toContain("200");
  });

  it("refers to nothing that is not there, and holds nothing that is not referred to", () => {
    const text = JSON.stringify(document);
    const referred = new Set(
      [...text.matchAll(/#\/components\/schemas\/([\w.]+)/g)].map(([, name = ""]) => name),
    );
    expect([...referred].toSorted()).toEqual(Object.keys(document.components.schemas).toSorted());
  });
});
