import { describe, expect, it } from "vitest";
import { explainDatabaseError } from "./explain-database-error.ts";

const sqlError = (errno: number) => Object.assign(new Error("for 'tocsin'@'%' (canary-4711)"), { errno });

describe("explainDatabaseError", () => {
  it.each([
    [1045, "user or password"],
    [1049, "no such database"],
    [1040, "max_connections"],
    [1203, "max_user_connections"],
    [1226, "MAX_USER_CONNECTIONS"],
    [1142, "lacks rights"],
    [1290, "read-only"],
    [1836, "read-only"],
    [1114, "no room left"],
    [1146, "npm run db:migrate"],
  ])("says what error %i means and what to do, without what the server said", (errno, words) => {
    const reason = explainDatabaseError(sqlError(errno));
    expect(reason).toContain(words);
    expect(reason).not.toMatch(/canary|\n/);
  });

  it("finds the reason behind the error of a pool that waited in vain", () => {
    const cause = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    const timeout = Object.assign(new Error("pool failed"), { errno: 45028, cause });
    expect(explainDatabaseError(timeout)).toContain("nobody listens there");
  });

  it("leaves alone what nobody foresaw", () => {
    expect(explainDatabaseError(sqlError(1064))).toBeUndefined();
    expect(explainDatabaseError(new Error("x"))).toBeUndefined();
    expect(explainDatabaseError(undefined)).toBeUndefined();
  });
});
