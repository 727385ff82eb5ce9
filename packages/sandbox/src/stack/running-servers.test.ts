import { expect, test } from "vitest";
import type { Engine } from "../engines/engine.ts";
import { formatServers, serverUrls } from "./running-servers.ts";

const engine = (kind: Engine["kind"], url: string): Engine => ({
  ...{ kind, name: kind, url },
  stop: () => Promise.resolve(),
});

test("a given server comes before one that was started", () => {
  const engines = [engine("mysql", "mysql://own"), engine("redis", "redis://own")];
  expect(serverUrls(engines, {})).toEqual({ databaseUrl: "mysql://own", redisUrl: "redis://own" });
  expect(serverUrls(engines, { databaseUrl: "mysql://given" })).toEqual({
    databaseUrl: "mysql://given",
    redisUrl: "redis://own",
  });
});

test("both servers fit one line", () => {
  const servers = {
    database: { kind: "mariadb", version: "10.11.19" },
    redis: { kind: "redis", version: "7.0.15" },
  } as const;
  expect(formatServers(servers)).toBe("MariaDB 10.11.19 · Redis 7.0.15");
});
