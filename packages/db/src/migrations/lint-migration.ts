import { withoutLeadingComments } from "./progress.ts";
import { splitStatements } from "./split-statements.ts";

/** What a statement of a migration does that must not be done in passing. */
export interface MigrationFinding {
  /** Where the statement begins, from 1. */
  line: number;
  /** The rule's name, for a note that it was reviewed. */
  rule: string;
  /** What goes wrong, and what to do instead. */
  message: string;
}

/** A statement as rules look at it: without comments, texts and quotes around names, in single spaces. */
interface Shape {
  text: string;
  /** The table it changes, where it is one that this migration does not make itself. */
  existingTable: string | undefined;
  /** What stands between the brackets of CREATE TABLE, or the actions of ALTER TABLE: one item each. */
  items: string[];
}

interface Rule {
  name: string;
  breaks: (shape: Shape) => boolean;
  message: string;
}

/** Writers of the version before go on while a migration runs and until the last of them is replaced. */
const OLD_WRITERS = "the version before still runs";

const RULES: readonly Rule[] = [
  {
    name: "required-column",
    breaks: ({ existingTable, items }) =>
      existingTable !== undefined &&
      items.some(
        (item) =>
          /^(?:ADD|CHANGE)\b.*\bNOT NULL\b/i.test(item) &&
          !/\b(?:DEFAULT|AUTO_INCREMENT|GENERATED|AS)\b/i.test(item),
      ),
    message: `A column that must have a value and has no default: ${OLD_WRITERS} and cannot insert. Give it a default.`,
  },
  {
    name: "dropped-default",
    breaks: ({ items }) => items.some((item) => /^ALTER\b.*\bDROP DEFAULT$/i.test(item)),
    message: `A default is taken away: ${OLD_WRITERS} and cannot insert. Do it one release later.`,
  },
  {
    name: "dropped-column",
    breaks: ({ existingTable, items }) =>
      existingTable !== undefined &&
      items.some((item) =>
        /^DROP (?!(?:INDEX|KEY|PRIMARY KEY|FOREIGN KEY|CONSTRAINT|CHECK|PARTITION)\b)/i.test(item),
      ),
    message: `A column is dropped: ${OLD_WRITERS} and reads it. Do it one release after nothing does.`,
  },
  {
    name: "renamed",
    breaks: ({ text, items }) =>
      /^RENAME TABLE\b/i.test(text) ||
      items.some((item) => /^(?:RENAME (?:COLUMN|TO|AS)\b|RENAME (?!INDEX|KEY)|CHANGE\b)/i.test(item)),
    message: `A name changes: ${OLD_WRITERS} and uses the old one. Add the new one, remove the old one a release later.`,
  },
  {
    name: "dropped-table",
    breaks: ({ text }) => /^DROP TABLE\b/i.test(text),
    message: `A table is dropped: ${OLD_WRITERS} and uses it. Do it one release after nothing does.`,
  },
  {
    name: "changed-type",
    breaks: ({ existingTable, items }) =>
      existingTable !== undefined && items.some((item) => /^MODIFY\b/i.test(item)),
    message:
      "A column changes: most changes copy the table, and writers wait. Say why this one does not, or is small.",
  },
  {
    name: "many-rows",
    breaks: ({ text }) =>
      /^(?:UPDATE|DELETE|WITH)\b/i.test(text) || /^(?:INSERT|REPLACE)\b.*\bSELECT\b/i.test(text),
    message:
      "One statement changes as many rows as there are and locks them all until it is done. " +
      "Let the workers do it in chunks, or say what bounds it.",
  },
  {
    name: "unique-over-rows",
    breaks: ({ text, existingTable, items }) =>
      existingTable !== undefined &&
      (/^CREATE UNIQUE INDEX\b/i.test(text) ||
        items.some((item) => /^ADD (?:CONSTRAINT \S+ )?(?:UNIQUE|PRIMARY KEY)\b/i.test(item))),
    message: "Rows that are there may not be unique: it stops half-way. Say why they are.",
  },
  {
    name: "foreign-key-over-rows",
    breaks: ({ existingTable, items }) =>
      existingTable !== undefined && items.some((item) => /^ADD\b.*\bFOREIGN KEY\b/i.test(item)),
    message: "A foreign key on a table with rows copies it, and writers wait. Say why it is small.",
  },
  {
    name: "no-primary-key",
    breaks: ({ text, items }) => isCreateTable(text) && !items.some((item) => /\bPRIMARY KEY\b/i.test(item)),
    message: "A table without a primary key: servers with sql_require_primary_key refuse it.",
  },
  {
    name: "create-select",
    breaks: ({ text }) =>
      isCreateTable(text) &&
      (/\)[^()]*\bSELECT\b/i.test(text) || /^CREATE TABLE \S+ (?:AS |SELECT )/i.test(text)),
    message: "CREATE TABLE … SELECT: servers with enforce_gtid_consistency or Galera refuse it.",
  },
  {
    name: "temporary-table",
    breaks: ({ text }) => /^(?:CREATE|DROP) TEMPORARY TABLE\b/i.test(text),
    message: "A temporary table is gone when a migration is gone on with after it stopped.",
  },
  {
    name: "engine",
    breaks: ({ text }) => /\bENGINE ?= ?(?!InnoDB\b)\w/i.test(text),
    message: "Another engine than InnoDB: its rows are not written with the others, or not at all.",
  },
  {
    name: "character-set",
    breaks: ({ text }) =>
      isCreateTable(text) && !/\bDEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci\b/i.test(text),
    message:
      "A table takes the server's character set: say DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci.",
  },
  {
    name: "id-character-set",
    breaks: ({ items }) =>
      items.some(
        (item) => /\bCHAR\(36\)/i.test(item) && !/CHARACTER SET ascii COLLATE ascii_bin/i.test(item),
      ),
    message:
      "An id takes the table's character set, four times as long: say CHARACTER SET ascii COLLATE ascii_bin.",
  },
  {
    name: "table-name",
    breaks: ({ text }) => /[A-Z]/.test(tableMade(text) ?? ""),
    message: "A table with a capital letter: servers with lower_case_table_names change it.",
  },
  {
    name: "session",
    breaks: ({ text }) =>
      /^(?:SET|USE|START TRANSACTION|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|LOCK|UNLOCK|PREPARE|EXECUTE|DO|CALL)\b/i.test(
        text,
      ) || /(?<!@)@\w/.test(text),
    message: "A statement needs one before it in the same session: it is another one after a stop.",
  },
  {
    name: "one-server-only",
    breaks: ({ text, items }) =>
      /^CREATE OR REPLACE\b/i.test(text) ||
      /^(?:CREATE|DROP)(?: UNIQUE)? INDEX IF\b/i.test(text) ||
      /\bRETURNING\b|\bMD5 ?\(|utf8mb4_(?:0900|uca1400)/i.test(text) ||
      items.some((item) => /^(?:ADD|DROP|MODIFY|CHANGE)\b.*\bIF (?:NOT )?EXISTS\b/i.test(item)) ||
      /^CREATE (?:UNIQUE )?INDEX [^(]*\( ?\(/i.test(text),
    message: "MySQL and MariaDB do not both have this.",
  },
];

/**
 * What in a migration breaks the version before it, locks a large table for long, or runs on some servers only.
 * A comment before the statement says that somebody thought of it: `-- reviewed many-rows: at most 50 roles`.
 *
 * @throws InvalidScriptError where the script cannot be taken apart.
 */
export function lintMigration(sql: string): MigrationFinding[] {
  const made = new Set<string>();
  return splitStatements(sql).flatMap((statement) => {
    const shape = shapeOf(statement.sql, made);
    const table = tableMade(shape.text);
    if (table !== undefined) made.add(table);
    const reviewed = reviewedRules(statement.sql);
    return RULES.filter(({ name, breaks }) => breaks(shape) && !reviewed.has(name)).map(
      ({ name, message }) => ({ line: statement.line, rule: name, message }),
    );
  });
}

/** Those whose comment gives a reason. */
function reviewedRules(sql: string): Set<string> {
  const comments = sql.slice(0, sql.length - withoutLeadingComments(sql).length);
  return new Set([...comments.matchAll(/^-- reviewed ([\w-]+): *\S.{9,}$/gm)].map(([, name = ""]) => name));
}

function shapeOf(sql: string, made: ReadonlySet<string>): Shape {
  const text = sql
    .replaceAll(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/gs, "''")
    .replaceAll(/\/\*(?!!).*?\*\/|(?:--(?=\s)|#)[^\n]*/gs, " ")
    .replaceAll("`", "")
    .replaceAll(/\s+/g, " ")
    .trim();
  const altered = /^ALTER TABLE (\w+) (.*)$/is.exec(text);
  const table = altered?.[1] ?? /^CREATE(?: UNIQUE)? INDEX \S+ ON (\w+)/i.exec(text)?.[1];
  return {
    text,
    existingTable: table === undefined || made.has(table) ? undefined : table,
    items: splitAtCommas(altered?.[2] ?? (isCreateTable(text) ? bracketed(text) : "")),
  };
}

function isCreateTable(text: string): boolean {
  return /^CREATE (?:TEMPORARY )?TABLE\b/i.test(text);
}

function tableMade(text: string): string | undefined {
  return /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/i.exec(text)?.[1];
}

/** What stands between the first bracket and the last. */
function bracketed(text: string): string {
  return text.slice(text.indexOf("(") + 1, text.lastIndexOf(")"));
}

/** At those that are not in brackets. */
function splitAtCommas(text: string): string[] {
  const items = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (character === "," && depth === 0) items.push("");
    else items[items.length - 1] += character;
  }
  return items.map((item) => item.trim()).filter((item) => item !== "");
}
