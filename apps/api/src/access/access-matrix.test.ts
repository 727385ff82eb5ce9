import { describe, expect, it } from "vitest";
import { restRoutes } from "../rest/routes.ts";
import { v1Router } from "../routers/v1.ts";
import { accessMatrix, matrixRoles, renderMatrix } from "./access-matrix.ts";

const rows = accessMatrix(restRoutes(v1Router));
const allowedAt = (route: string) => {
  const row = rows.find((one) => one.route === route);
  return matrixRoles.filter((_role, index) => row?.allowed[index]);
};

describe("the access matrix", () => {
  it("has a line for every route", () => {
    expect(rows).toHaveLength(restRoutes(v1Router).length);
    expect(renderMatrix(rows).split("\n")).toHaveLength(rows.length + 2);
  });

  it("says who may", () => {
    expect(allowedAt("POST /auth/login")).toEqual(matrixRoles);
    expect(allowedAt("GET /users/me")).toEqual(matrixRoles);
    expect(allowedAt("POST /rules")).toEqual(["Admin", "RuleManager"]);
    expect(allowedAt("GET /audit/export")).toEqual(["Admin", "Auditor"]);
    expect(allowedAt("POST /users/{id}/disable")).toEqual(["Admin"]);
  });
});
