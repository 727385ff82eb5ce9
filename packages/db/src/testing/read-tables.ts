import type { Queryable } from "../pool.ts";
import type { WantedColumn, WantedForeignKey, WantedIndex, WantedTable } from "./prisma-schema.ts";

/** A table as the server has it, in the terms of the Prisma schema. */
export interface ActualTable {
  table: WantedTable;
  /** Of the text columns, by name. JSON, which MariaDB keeps as text, is left out. */
  collations: Map<string, string>;
}

interface ColumnRow {
  tableName: string;
  name: string;
  type: string;
  isNullable: "YES" | "NO";
  defaultValue: string | null;
  collation: string | null;
}

interface IndexRow {
  tableName: string;
  name: string;
  nonUnique: number;
  columnName: string;
}

interface ForeignKeyRow {
  tableName: string;
  name: string;
  columnName: string;
  referencedTable: string;
  referencedColumn: string;
  onDelete: string;
}

/** The tables of the current database, without Prisma's own. */
export async function readTables(connection: Queryable): Promise<ActualTable[]> {
  const tables = await connection.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name <> '_prisma_migrations' ORDER BY table_name`,
  );
  const jsonColumns = await readJsonChecks(connection);
  const isJson = ({ name, type }: ColumnRow) =>
    type === "json" || (type === "longtext" && jsonColumns.has(name));
  const columns = Map.groupBy(await readColumns(connection), ({ tableName }) => tableName);
  const indexes = Map.groupBy(await readIndexes(connection), ({ tableName }) => tableName);
  const foreignKeys = Map.groupBy(await readForeignKeys(connection), ({ tableName }) => tableName);
  return tables.map(({ name }) => {
    const own = columns.get(name) ?? [];
    const { primaryKey, others } = toIndexes(indexes.get(name) ?? []);
    return {
      table: {
        name,
        columns: own.map((column) => toColumn(column, isJson(column))),
        primaryKey,
        indexes: others,
        foreignKeys: toForeignKeys(foreignKeys.get(name) ?? []),
      },
      collations: new Map(
        own.flatMap((column) =>
          column.collation === null || isJson(column) || column.type.startsWith("enum(")
            ? []
            : [[column.name, column.collation] as const],
        ),
      ),
    };
  });
}

function readColumns(connection: Queryable): Promise<ColumnRow[]> {
  return connection.query<ColumnRow[]>(
    `SELECT c.table_name AS tableName, c.column_name AS name, c.column_type AS type, c.is_nullable AS isNullable,
            c.column_default AS defaultValue, c.collation_name AS collation
       FROM information_schema.columns c
      WHERE c.table_schema = DATABASE()
      ORDER BY c.table_name, c.ordinal_position`,
  );
}

/** The columns whose check says that they hold JSON: MySQL has the type, MariaDB has text with a check. */
async function readJsonChecks(connection: Queryable): Promise<Set<string>> {
  const rows = await connection.query<{ clause: string }[]>(
    `SELECT check_clause AS clause FROM information_schema.check_constraints
      WHERE constraint_schema = DATABASE()`,
  );
  return new Set(rows.flatMap(({ clause }) => /^json_valid\(`(\w+)`\)$/.exec(clause)?.[1] ?? []));
}

function readIndexes(connection: Queryable): Promise<IndexRow[]> {
  return connection.query<IndexRow[]>(
    `SELECT table_name AS tableName, index_name AS name, non_unique AS nonUnique, column_name AS columnName
       FROM information_schema.statistics
      WHERE table_schema = DATABASE()
      ORDER BY table_name, BINARY index_name, seq_in_index`,
  );
}

function readForeignKeys(connection: Queryable): Promise<ForeignKeyRow[]> {
  return connection.query<ForeignKeyRow[]>(
    `SELECT u.table_name AS tableName, u.constraint_name AS name, u.column_name AS columnName,
            u.referenced_table_name AS referencedTable, u.referenced_column_name AS referencedColumn,
            r.delete_rule AS onDelete
       FROM information_schema.key_column_usage u
       JOIN information_schema.referential_constraints r
         ON r.constraint_schema = u.constraint_schema AND r.table_name = u.table_name
        AND r.constraint_name = u.constraint_name
      WHERE u.table_schema = DATABASE() AND u.referenced_table_name IS NOT NULL
      ORDER BY u.table_name, BINARY u.constraint_name, u.ordinal_position`,
  );
}

function toColumn(row: ColumnRow, isJson: boolean): WantedColumn {
  return {
    name: row.name,
    type: isJson ? "json" : withoutDisplayWidth(row.type),
    nullable: row.isNullable === "YES",
    default: toDefault(row.defaultValue),
  };
}

/** MariaDB writes int(11) where MySQL writes int. */
function withoutDisplayWidth(type: string): string {
  return type === "tinyint(1)" ? type : type.replace(/^((?:big|small|medium)?int)\(\d+\)/, "$1");
}

/** MariaDB quotes text and writes NULL for none. */
function toDefault(value: string | null): string | null {
  if (value === null || value === "NULL") return null;
  return /^current_timestamp\(3\)$/i.test(value) ? "current_timestamp(3)" : value.replace(/^'(.*)'$/, "$1");
}

function toIndexes(rows: readonly IndexRow[]): { primaryKey: string[]; others: WantedIndex[] } {
  const byName = Map.groupBy(rows, ({ name }) => name);
  const primaryKey = (byName.get("PRIMARY") ?? []).map(({ columnName }) => columnName);
  byName.delete("PRIMARY");
  const others = [...byName].map(([name, own]) => ({
    name,
    unique: own.every(({ nonUnique }) => nonUnique === 0),
    columns: own.map(({ columnName }) => columnName),
  }));
  return { primaryKey, others };
}

function toForeignKeys(rows: readonly ForeignKeyRow[]): WantedForeignKey[] {
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, own]) => ({
    name,
    columns: own.map(({ columnName }) => columnName),
    referencedTable: own[0]?.referencedTable ?? "",
    referencedColumns: own.map(({ referencedColumn }) => referencedColumn),
    onDelete: own[0]?.onDelete ?? "",
  }));
}
