import { describe, expect, it } from "vitest";
import { MIGRATION_RIGHTS, missingRights, RUNTIME_RIGHTS } from "./missing-rights.ts";

const usage = "GRANT USAGE ON *.* TO `tocsin`@`%`";

describe("missingRights", () => {
  it.each([
    ["all rights on the server", ["GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION"], []],
    ["all rights on the database", [usage, "GRANT ALL PRIVILEGES ON `tocsin`.* TO `tocsin`@`%`"], []],
    [
      "some rights on the server, listed one by one",
      ["GRANT SELECT, INSERT, UPDATE, DELETE, CREATE ON *.* TO `tocsin`@`%` WITH GRANT OPTION"],
      [],
    ],
    ["rights on a pattern of names", [usage, "GRANT ALL PRIVILEGES ON `toc%`.* TO `tocsin`@`%`"], []],
    ["no right but to connect", [usage], ["SELECT", "INSERT", "UPDATE", "DELETE"]],
    ["reading alone", [usage, "GRANT SELECT ON `tocsin`.* TO `tocsin`@`%`"], ["INSERT", "UPDATE", "DELETE"]],
    [
      "all rights on another database",
      [usage, "GRANT ALL PRIVILEGES ON `other`.* TO `tocsin`@`%`"],
      ["SELECT", "INSERT", "UPDATE", "DELETE"],
    ],
    ["a role, which may hold all", [usage, "GRANT `writers`@`%` TO `tocsin`@`%`"], []],
    ["rights on a table", [usage, "GRANT SELECT ON `tocsin`.`event` TO `tocsin`@`%`"], []],
    [
      "a partial revoke",
      ["GRANT SELECT ON *.* TO `tocsin`@`%`", "REVOKE SELECT ON `x`.* FROM `tocsin`@`%`"],
      [],
    ],
    [
      "a password in the line, as MariaDB shows its hash",
      ["GRANT SELECT ON *.* TO `tocsin`@`%` IDENTIFIED BY PASSWORD '*ABC'"],
      ["INSERT", "UPDATE", "DELETE"],
    ],
  ])("where the account has %s", (_case, grants, missing) => {
    expect(missingRights(grants, "tocsin", RUNTIME_RIGHTS)).toEqual(missing);
  });

  it("takes an escaped underscore for itself and a bare one for any character", () => {
    const grant = (pattern: string) => [usage, `GRANT SELECT ON \`${pattern}\`.* TO \`tocsin\`@\`%\``];
    expect(missingRights(grant("my\\_db"), "my_db", ["SELECT"])).toEqual([]);
    expect(missingRights(grant("my\\_db"), "myxdb", ["SELECT"])).toEqual(["SELECT"]);
    expect(missingRights(grant("my_db"), "myxdb", ["SELECT"])).toEqual([]);
    expect(missingRights(grant("my.db"), "myxdb", ["SELECT"])).toEqual(["SELECT"]);
  });

  it("asks more for migrations than for the apps", () => {
    const grants = [usage, "GRANT SELECT, INSERT, UPDATE, DELETE ON `tocsin`.* TO `tocsin`@`%`"];
    expect(missingRights(grants, "tocsin", MIGRATION_RIGHTS)).toEqual([
      "CREATE",
      "ALTER",
      "DROP",
      "INDEX",
      "REFERENCES",
    ]);
  });
});
