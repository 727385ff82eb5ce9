import { expect, test } from "vitest";
import { mariadbArguments, mariadbInstallArguments } from "./mariadb-arguments.ts";
import type { EngineProfile } from "./engine-profile.ts";

const build = (profile: EngineProfile, runsAsRoot = false) =>
  mariadbArguments({
    ...{ dataDirectory: "/d", temporaryDirectory: "/t", port: 3307, initFile: "/i.sql" },
    ...{ profile, runsAsRoot },
  });

test("the durable profile flushes at each commit and keeps the double write", () => {
  expect(build("durable")).toContain("--innodb-flush-log-at-trx-commit=1");
  expect(build("durable")).not.toContain("--skip-innodb-doublewrite");
});

test("the throw-away profile does neither", () => {
  expect(build("throwaway")).toContain("--innodb-flush-log-at-trx-commit=0");
  expect(build("throwaway")).toContain("--skip-innodb-doublewrite");
});

test("no configuration file of the machine is read and only this machine can connect", () => {
  expect(build("durable")[0]).toBe("--no-defaults");
  expect(build("durable")).toContain("--bind-address=127.0.0.1");
});

test("temporary tables stand in a directory of its own, which no other server clears", () => {
  expect(build("durable")).toContain("--tmpdir=/t");
});

test("only root names the user root", () => {
  expect(build("durable", true)).toContain("--user=root");
  expect(build("durable", false)).not.toContain("--user=root");
});

test("an unpacked server is told where it lives, an installed one is not", () => {
  const installed = mariadbInstallArguments({
    dataDirectory: "/d",
    temporaryDirectory: "/t",
    runsAsRoot: false,
  });
  const unpacked = mariadbInstallArguments({
    dataDirectory: "/d",
    temporaryDirectory: "/t",
    baseDirectory: "/b",
    runsAsRoot: false,
  });
  expect(installed.filter((argument) => argument.startsWith("--basedir"))).toEqual([]);
  expect(unpacked).toContain("--basedir=/b");
});
