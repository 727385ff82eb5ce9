import { expect, test } from "vitest";
import { chooseMysqlPackage, findDebianArchive } from "./mysql-packages.ts";

test("Ubuntu's newest version is taken, by its number and not its spelling", () => {
  const offered = [
    "mysql-server",
    "mysql-server-core-8.0",
    "mysql-server-core-10.1",
    "mysql-server-core-8.4",
  ];
  expect(chooseMysqlPackage(new Set(offered))).toBe("mysql-server-core-10.1");
});

test("Debian's name has no version", () => {
  expect(chooseMysqlPackage(new Set(["mysql-server-core", "mysql-client-core"]))).toBe("mysql-server-core");
});

test("MariaDB under MySQL's default name is not MySQL", () => {
  expect(chooseMysqlPackage(new Set(["default-mysql-server-core", "mariadb-server-core"]))).toBeUndefined();
});

test("Debian's main archive is found among other sources, with the address that the machine has for it", () => {
  const sources = [
    "https://packages.example/node nodistro . nodistro",
    "http://mirror.example/debian-security/ Debian Debian-Security",
    "http://mirror.example/debian/ Debian Debian",
  ];
  expect(findDebianArchive(sources)).toBe("http://mirror.example/debian/");
  expect(findDebianArchive(sources.slice(0, 2))).toBeUndefined();
  expect(findDebianArchive(["http://mirror.example/ubuntu/ Ubuntu Ubuntu"])).toBeUndefined();
});
