import { expect, test } from "vitest";
import { chooseAptPackages } from "./apt-packages.ts";

const DEBIAN_12 = ["mariadb-server-core", "mariadb-client-core", "mariadb-common", "redis-tools", "libaio1"];

test("Debian's names are taken, without the services that would start by themselves", () => {
  expect(chooseAptPackages(new Set([...DEBIAN_12, "mariadb-server", "redis-server", "vim"]))).toEqual(
    DEBIAN_12,
  );
});

test("Ubuntu's versioned names are taken", () => {
  const offered = new Set([
    "mariadb-server-core-10.6",
    "mariadb-client-core-10.6",
    "mariadb-common",
    "redis-tools",
  ]);
  expect(chooseAptPackages(offered)).toEqual([...offered]);
});

test("a library under its 64-bit time name is taken", () => {
  expect(chooseAptPackages(new Set([...DEBIAN_12.slice(0, 4), "libaio1t64"]))).toContain("libaio1t64");
});

test("a distribution without MariaDB is refused", () => {
  expect(() => chooseAptPackages(new Set(["redis-tools"]))).toThrow(/mariadb-server-core/);
});
