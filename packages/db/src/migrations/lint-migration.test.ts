import { describe, expect, it } from "vitest";
import { lintMigration } from "./lint-migration.ts";
import { migrationsFolder, readMigrations } from "./read-migrations.ts";

/** The last one that was released before there was a lint. */
const LAST_UNCHECKED = "20261128000000_delivery_lease";

const rulesOf = (sql: string) => lintMigration(sql).map(({ rule }) => rule);
const table = (columns: string, options = "DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci") =>
  `CREATE TABLE \`a\` (\n  ${columns}\n) ${options};`;

describe("lintMigration", () => {
  it.each([
    ["required-column", "ALTER TABLE `a` ADD COLUMN `b` INT NULL, ADD COLUMN `c` VARCHAR(10) NOT NULL;"],
    ["dropped-default", "ALTER TABLE `a` ALTER COLUMN `b` DROP DEFAULT;"],
    ["dropped-column", "ALTER TABLE `a` DROP COLUMN `b`;"],
    ["dropped-column", "alter table a drop b"],
    ["renamed", "ALTER TABLE `a` RENAME COLUMN `b` TO `c`;"],
    ["renamed", "ALTER TABLE `a` CHANGE `b` `c` INT NULL;"],
    ["renamed", "ALTER TABLE `a` RENAME TO `d`"],
    ["renamed", "RENAME TABLE `a` TO `d`"],
    ["dropped-table", "DROP TABLE `a`;"],
    ["changed-type", "ALTER TABLE `a` MODIFY `b` BIGINT NULL;"],
    ["many-rows", "UPDATE `a` SET `b` = 1;"],
    ["many-rows", "DELETE FROM `a` WHERE `b` = 1"],
    ["many-rows", "INSERT INTO `a` SELECT * FROM `b`"],
    ["unique-over-rows", "CREATE UNIQUE INDEX `a_b_key` ON `a`(`b`);"],
    ["unique-over-rows", "ALTER TABLE `a` ADD UNIQUE INDEX `a_b_key`(`b`);"],
    ["foreign-key-over-rows", "ALTER TABLE `a` ADD CONSTRAINT `x` FOREIGN KEY (`b`) REFERENCES `c`(`id`);"],
    ["no-primary-key", table("`id` INT NOT NULL")],
    [
      "create-select",
      "CREATE TABLE a (id INT NOT NULL PRIMARY KEY) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci SELECT * FROM b",
    ],
    [
      "engine",
      table(
        "`id` INT PRIMARY KEY",
        "ENGINE = MyISAM DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
      ),
    ],
    ["character-set", table("`id` INT PRIMARY KEY", "")],
    ["id-character-set", table("`id` CHAR(36) NOT NULL,\n  PRIMARY KEY (`id`)")],
    ["id-character-set", "ALTER TABLE `a` ADD COLUMN `b` CHAR(36) NULL;"],
    ["table-name", table("`id` INT PRIMARY KEY").replace("`a`", "`userName`")],
    ["session", "SET @now = NOW()"],
    ["session", "START TRANSACTION"],
    ["session", "INSERT INTO `a` VALUES (@now)"],
    ["one-server-only", "CREATE INDEX IF NOT EXISTS `a_b_idx` ON `a`(`b`)"],
    ["one-server-only", "ALTER TABLE `a` ADD COLUMN IF NOT EXISTS `b` INT NULL"],
    ["one-server-only", "CREATE INDEX `a_b_idx` ON `a`((LOWER(`b`)))"],
    ["one-server-only", "INSERT INTO `a` VALUES (MD5('x'))"],
  ])("finds %s in %s, and only until it is reviewed with a reason", (rule, sql) => {
    expect(rulesOf(sql)).toEqual([rule]);
    expect(rulesOf(`-- reviewed ${rule}: the table has fifty rows at most\n${sql}`)).toEqual([]);
    expect(rulesOf(`-- reviewed ${rule}:\n${sql}`)).toEqual([rule]);
    expect(rulesOf(`-- reviewed another-rule: the table has fifty rows at most\n${sql}`)).toEqual([rule]);
  });

  it.each([
    "ALTER TABLE `a` ADD COLUMN `b` INT NOT NULL DEFAULT 0;",
    "ALTER TABLE `a` DROP INDEX `a_b_idx`, DROP FOREIGN KEY `x`;",
    "DROP INDEX `a_b_idx` ON `a`;",
    "CREATE INDEX `a_b_idx` ON `a`(`b`);",
    "INSERT INTO `a` VALUES ('UPDATE `b` SET @x = 1; DROP TABLE c', 'a@b.example');",
    "-- DROP TABLE a\nALTER TABLE `a` ROW_FORMAT=DYNAMIC;",
    `${table("`id` INT NOT NULL,\n  `b` INT NOT NULL,\n  PRIMARY KEY (`id`)")}
     CREATE UNIQUE INDEX \`a_b_key\` ON \`a\`(\`b\`);
     ALTER TABLE \`a\` ADD CONSTRAINT \`x\` FOREIGN KEY (\`b\`) REFERENCES \`c\`(\`id\`);`,
  ])("finds nothing in %s", (sql) => {
    expect(rulesOf(sql)).toEqual([]);
  });

  it("tells the line of the statement", () => {
    expect(
      lintMigration("CREATE INDEX `a_b_idx` ON `a`(`b`);\n\n-- DropTable\nDROP TABLE `c`;"),
    ).toMatchObject([
      { line: 4, rule: "dropped-table", message: expect.stringContaining("one release after") },
    ]);
  });
});

describe("the migrations of this repository", () => {
  const migrations = readMigrations(migrationsFolder);

  it("break no writer of the version before and lock no table for long, since there is a lint", () => {
    const findings = migrations
      .filter(({ name }) => name > LAST_UNCHECKED)
      .flatMap(({ name, sql }) => lintMigration(sql).map((finding) => ({ name, ...finding })));
    expect(findings).toEqual([]);
  });

  it("did so before in these places, which whoever comes from before them must know", () => {
    const findings = migrations
      .filter(({ name }) => name <= LAST_UNCHECKED)
      .flatMap(({ name, sql }) => lintMigration(sql).map(({ line, rule }) => `${name}:${line} ${rule}`));
    expect(findings).toEqual([
      "20261102010000_api_keys:22 changed-type",
      "20261103010000_rule_history:9 many-rows",
      "20261120010000_sounds:34 foreign-key-over-rows",
      "20261121010000_devices_and_escalation:61 changed-type",
      "20261121500000_inbox_filters:12 many-rows",
      "20261121500000_inbox_filters:19 many-rows",
      "20261121500000_inbox_filters:31 dropped-default",
    ]);
  });
});
