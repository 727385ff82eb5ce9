import { describe, expect, it } from "vitest";
import { judgeServer, type ServerFacts } from "./judge-server.ts";
import { RUNTIME_RIGHTS } from "./missing-rights.ts";

const good: ServerFacts = {
  database: "tocsin",
  server: { version: "8.4.6", log_bin: "ON", read_only: "OFF", super_read_only: "OFF" },
  session: {
    time_zone: "+00:00",
    sql_mode: "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES",
    transaction_isolation: "READ-COMMITTED",
    default_storage_engine: "InnoDB",
    binlog_format: "ROW",
  },
  innodb: "DEFAULT",
  grants: ["GRANT ALL PRIVILEGES ON `tocsin`.* TO `tocsin`@`%`"],
};

const withServer = (server: Record<string, string>): ServerFacts => ({
  ...good,
  server: { ...good.server, ...server },
});
const withSession = (session: Record<string, string>): ServerFacts => ({
  ...good,
  session: { ...good.session, ...session },
});

describe("judgeServer", () => {
  it.each([
    ["MySQL 8.4", good],
    ["MySQL 9", withServer({ version: "9.7.4-2" })],
    ["MariaDB 10.6, which has another name for the isolation", asMariadb("10.6.22-MariaDB")],
    ["no binary log, whatever its format is", withServer({ log_bin: "OFF" })],
  ])("finds nothing wrong with %s", (_case, facts) => {
    expect(judgeServer(facts, RUNTIME_RIGHTS)).toEqual([]);
  });

  it.each([
    ["MySQL 8.0", withServer({ version: "8.0.44" }), "version", "MySQL 8.0.44"],
    ["MariaDB 10.5", asMariadb("10.5.29-MariaDB"), "version", "MariaDB 10.5.29"],
    ["no InnoDB", { ...good, innodb: undefined }, "storage_engine", "InnoDB enabled"],
    ["InnoDB switched off", { ...good, innodb: "DISABLED" }, "storage_engine", "InnoDB enabled"],
    [
      "another default engine",
      withSession({ default_storage_engine: "MyISAM" }),
      "storage_engine",
      "default_storage_engine = InnoDB",
    ],
    [
      "a binary log of statements",
      withSession({ binlog_format: "STATEMENT" }),
      "binlog_format",
      "binlog_format = ROW",
    ],
    ["a replica", withServer({ read_only: "ON" }), "read_only", "(read_only)"],
    ["a replica for administrators too", withServer({ super_read_only: "ON" }), "read_only", "primary"],
    ["MariaDB 12's read_only", withServer({ read_only: "NO_LOCK" }), "read_only", "(read_only)"],
    [
      "an account that may only read",
      { ...good, grants: ["GRANT SELECT ON `tocsin`.* TO `tocsin`@`%`"] },
      "rights",
      "GRANT INSERT, UPDATE, DELETE ON `tocsin`.*",
    ],
    ["a session in another zone", withSession({ time_zone: "SYSTEM" }), "session", 'time_zone is "SYSTEM"'],
    ["a session that cuts values", withSession({ sql_mode: "" }), "session", "sql_mode"],
    [
      "a session with another isolation",
      withSession({ transaction_isolation: "REPEATABLE-READ" }),
      "session",
      "transaction_isolation",
    ],
  ] as const)("names %s in one line", (_case, facts, kind, words) => {
    const problems = judgeServer(facts, RUNTIME_RIGHTS);
    expect(problems).toEqual([{ kind, message: expect.stringContaining(words) }]);
    expect(problems[0]?.message).not.toContain("\n");
  });

  it("names everything at once", () => {
    const facts = { ...withServer({ version: "5.7.44", read_only: "ON" }), innodb: undefined };
    expect(judgeServer(facts, RUNTIME_RIGHTS).map(({ kind }) => kind)).toEqual([
      "version",
      "storage_engine",
      "read_only",
    ]);
  });
});

function asMariadb(version: string): ServerFacts {
  const { transaction_isolation: isolation, ...session } = good.session;
  return { ...good, server: { version }, session: { ...session, tx_isolation: isolation ?? "" } };
}
