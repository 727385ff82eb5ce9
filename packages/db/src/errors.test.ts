import { describe, expect, it } from "vitest";
import {
  isConnectionLost,
  isDataError,
  isInfrastructureError,
  isTransient,
  isUniqueViolation,
} from "./errors.ts";

/** As Prisma throws what its adapter wrapped. */
function prismaError(code: string, originalCode: string): unknown {
  return { code, meta: { driverAdapterError: { cause: { originalCode } } } };
}

describe("what an error of the database means", () => {
  it.each([
    ["a deadlock, from the driver", { errno: 1213 }],
    ["a deadlock, from Prisma", { code: "P2034" }],
    ["a lock wait, wrapped by Prisma's adapter", prismaError("P2010", "1205")],
    ["a row changed since it was read", { errno: 1020 }],
  ])("%s is transient, and so not the data's fault", (_name, error) => {
    expect(isTransient(error)).toBe(true);
    expect(isInfrastructureError(error)).toBe(true);
    expect(isDataError(error)).toBe(false);
  });

  it("a connection that broke under a statement is told from one that never was", () => {
    const broken = [{ errno: 45009 }, { errno: 2013 }, { code: "ECONNRESET", errno: -104 }];
    const absent = [
      { code: "ECONNREFUSED", errno: -111 },
      { errno: 45028, cause: { code: "ECONNRESET" } },
    ];
    expect(broken.map(isConnectionLost)).toEqual([true, true, true]);
    expect(absent.map(isConnectionLost)).toEqual([false, false]);
  });

  it.each([
    ["nobody listens", { code: "ECONNREFUSED", errno: -111 }],
    ["no connection in time", { errno: 45028, cause: { code: "ECONNREFUSED" } }],
    ["the server goes down", { errno: 1053 }],
    ["the server is read-only", { errno: 1290 }],
    ["the disk is full", { errno: 1021 }],
    ["a table is missing", { errno: 1146 }],
    ["a transaction could not begin in time", { code: "P2028" }],
  ])("when %s, the infrastructure is to blame", (_name, error) => {
    expect(isInfrastructureError(error)).toBe(true);
    expect(isTransient(error)).toBe(false);
    expect(isDataError(error)).toBe(false);
  });

  it.each([
    ["too long", { errno: 1406 }],
    ["too long, from Prisma", { code: "P2000" }],
    ["no JSON, on MariaDB", { errno: 4025 }],
    ["no JSON, on MySQL", { errno: 3140 }],
    ["larger than a packet", { errno: 1153 }],
  ])("%s is an error of the data", (_name, error) => {
    expect(isDataError(error)).toBe(true);
    expect(isInfrastructureError(error)).toBe(false);
  });

  it("knows a unique key taken, from the driver and from Prisma", () => {
    expect(isUniqueViolation({ errno: 1062 })).toBe(true);
    expect(isUniqueViolation({ code: "P2002" })).toBe(true);
    expect(isUniqueViolation(prismaError("P2010", "1062"))).toBe(true);
  });

  it.each([undefined, null, "1213", new Error("1213"), { code: 1213 }])("says no of %s", (error) => {
    expect(isTransient(error)).toBe(false);
    expect(isInfrastructureError(error)).toBe(false);
    expect(isDataError(error)).toBe(false);
    expect(isUniqueViolation(error)).toBe(false);
  });

  it("ends on an error that is its own cause", () => {
    const error: { cause?: unknown } = {};
    error.cause = error;
    expect(isTransient(error)).toBe(false);
  });
});
