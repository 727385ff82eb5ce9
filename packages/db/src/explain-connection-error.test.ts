import { expect, it } from "vitest";
import { explainConnectionError } from "./explain-connection-error.ts";

it.each([
  ["nobody listens", { code: "ECONNREFUSED", errno: -111 }, /nobody listens there/],
  ["a wrong password", { errno: 1045 }, /refuses this user or password/],
  ["a missing database", { errno: 1049 }, /CREATE DATABASE/],
  ["no connection left", { errno: 1040 }, /raise max_connections/],
  ["a server that wants TLS", { errno: 3159 }, /with TLS only/],
  ["a certificate that nobody vouches for", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }, /sslca=/],
])("says what to do about %s", (_name, error, advice) => {
  expect(explainConnectionError(error)).toMatch(advice);
});

it("says what the driver met, not that the pool waited in vain", () => {
  const cause = Object.assign(new Error("denied"), { errno: 1045 });
  const error = Object.assign(new Error("no connection in time", { cause }), { errno: 45028 });
  expect(explainConnectionError(error)).toBe("it refuses this user or password");
});

it("says nothing of what it does not know", () => {
  expect(explainConnectionError(new Error("something else"))).toBeUndefined();
  expect(explainConnectionError({ errno: 1213 })).toBeUndefined();
  expect(explainConnectionError(undefined)).toBeUndefined();
});
