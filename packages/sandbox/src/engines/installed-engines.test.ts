import { expect, test } from "vitest";
import { isUsableMysql } from "./installed-engines.ts";

test.each([
  "/usr/sbin/mysqld  Ver 8.0.46-0ubuntu0.24.04.1 for Linux on x86_64 ((Ubuntu))",
  "/usr/sbin/mysqld  Ver 8.0.30 for Linux on x86_64 (MySQL Community Server - GPL)",
  "/usr/local/mysql-5.7/bin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))",
  "/opt/mariadb-tools/mysqld  Ver 8.4.3 for Linux on aarch64 (MySQL Community Server - GPL)",
])("a MySQL of 8.0.30 or newer is used: %s", (line) => {
  expect(isUsableMysql(line)).toBe(true);
});

test.each([
  [
    "MariaDB under MySQL's name",
    "mysqld  Ver 10.11.14-MariaDB-0+deb12u2 for debian-linux-gnu on x86_64 (Debian 12)",
  ],
  ["a MySQL that is too old", "mysqld  Ver 8.0.29 for Linux on x86_64 (MySQL Community Server - GPL)"],
  ["a MySQL that is far too old", "mysqld  Ver 5.7.44 for Linux on x86_64 (MySQL Community Server (GPL))"],
  ["a program that tells no version", ""],
])("%s is passed over", (_what, line) => {
  expect(isUsableMysql(line)).toBe(false);
});
