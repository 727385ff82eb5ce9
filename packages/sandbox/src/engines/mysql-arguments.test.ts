import { expect, test } from "vitest";
import type { EngineProfile } from "./engine-profile.ts";
import { mysqlArguments, mysqlInitializeArguments } from "./mysql-arguments.ts";

const build = (profile: EngineProfile, runsAsRoot = false) =>
  mysqlArguments({
    ...{ dataDirectory: "/d", temporaryDirectory: "/t", port: 3307, initFile: "/i.sql" },
    ...{ profile, runsAsRoot },
  });

test("the durable profile syncs both logs at each commit and keeps the double write", () => {
  expect(build("durable")).toEqual(
    expect.arrayContaining(["--innodb-flush-log-at-trx-commit=1", "--sync-binlog=1"]),
  );
  expect(build("durable").filter((argument) => argument.includes("doublewrite"))).toEqual([]);
});

test.each(["durable", "throwaway"] as const)("the %s profile keeps the binary log on", (profile) => {
  expect(build(profile)).toContain("--log-bin=binlog");
  expect(build(profile)).not.toContain("--skip-log-bin");
});

test("no configuration file of the machine is read, only this machine can connect, and by one protocol", () => {
  expect(build("durable")[0]).toBe("--no-defaults");
  expect(build("durable")).toEqual(expect.arrayContaining(["--bind-address=127.0.0.1", "--mysqlx=OFF"]));
});

test("only root names the user root", () => {
  expect(build("durable", true)).toContain("--user=root");
  expect(build("durable", false)).not.toContain("--user=root");
});

test("an unpacked server is told where it and its messages live, an installed one is not", () => {
  const installed = mysqlInitializeArguments({ dataDirectory: "/d", runsAsRoot: false });
  const unpacked = mysqlInitializeArguments({ dataDirectory: "/d", baseDirectory: "/b", runsAsRoot: false });
  expect(installed.join(" ")).not.toMatch(/--basedir|--lc-messages-dir/);
  expect(unpacked).toEqual(expect.arrayContaining(["--basedir=/b", "--lc-messages-dir=/b/share/mysql"]));
});
