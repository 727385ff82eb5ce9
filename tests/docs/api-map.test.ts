import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { restRoutes } from "../../apps/api/src/rest/routes.ts";
import { v1Router } from "../../apps/api/src/routers/v1.ts";
import { mapRows } from "../contract/api-map.ts";
import { specifiedEndpoints } from "../contract/specified-endpoints.ts";
import { ROOT } from "./repository.ts";

const lines = readFileSync(join(ROOT, "docs/api-map.md"), "utf8")
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim().replaceAll("`", "")),
  );

describe("docs/api-map.md", () => {
  it("has every route with its procedure and what it needs, and no other (npm run api-map writes it)", () => {
    const wanted = mapRows(restRoutes(v1Router), []).map(({ endpoint, procedure, needs }) =>
      [endpoint, procedure.replaceAll("`", ""), needs].join(" · "),
    );
    expect(lines.map(([endpoint, procedure, needs]) => [endpoint, procedure, needs].join(" · "))).toEqual(
      wanted,
    );
  });

  it("has every endpoint that was asked for", () => {
    const endpoints = lines.map(([endpoint]) => endpoint);
    expect(specifiedEndpoints.filter((endpoint) => !endpoints.includes(endpoint))).toEqual([]);
  });

  it.each(lines)("names a test that there is for %s", (_endpoint, _procedure, _needs, _asked, test = "") => {
    expect(test).not.toBe("");
    expect(existsSync(join(ROOT, test))).toBe(true);
  });
});
