import { expect, test } from "vitest";
import { NoEngineError } from "./no-engine-error.ts";

const error = new NoEngineError(
  [{ kind: "mysql", whyNotUnpacked: "this machine has no apt-get" }],
  "docker is not there",
);

test("the message lists every way, with what stood in each", () => {
  for (const part of ["MySQL", "DATABASE_URL", "mysqld on PATH", "has no apt-get", "docker is not there"]) {
    expect(error.message).toContain(part);
  }
});

test("the reason is one line", () => {
  expect(error.reason).toBe(
    "not on PATH; not unpacked: this machine has no apt-get; no container: docker is not there",
  );
});

test("one download that brings several engines is told of once", () => {
  const both = new NoEngineError(
    (["mariadb", "redis"] as const).map((kind) => ({ kind, whyNotUnpacked: "no network" })),
    "no Docker",
  );
  expect(both.message).toContain("MariaDB and Redis");
  expect(both.reason.match(/no network/g)).toHaveLength(1);
});
