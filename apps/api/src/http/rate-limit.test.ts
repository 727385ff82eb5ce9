import { DomainError } from "@tocsin/contracts/errors";
import { describe, expect, it } from "vitest";
import { calledProcedures } from "./rate-limit.ts";

describe("calledProcedures", () => {
  it.each([
    ["/auth.login", ["auth.login"]],
    ["/auth%2Elogin", ["auth.login"]],
    ["/%61uth.login", ["auth.login"]],
    ["/users.me,auth.login", ["users.me", "auth.login"]],
    ["/users.me%2Cauth.login", ["users.me", "auth.login"]],
  ])("reads %s as tRPC does", (path, procedures) => {
    expect(calledProcedures(path)).toEqual(procedures);
  });

  it("refuses a path that cannot be decoded", () => {
    expect(() => calledProcedures("/%E0%A4%A")).toThrow(DomainError);
  });
});
