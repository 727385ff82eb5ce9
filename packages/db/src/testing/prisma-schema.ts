/** A table as prisma/schema.prisma wants it, with the names that Prisma gives to indexes and constraints. */
export interface WantedTable {
  name: string;
  columns: WantedColumn[];
  primaryKey: string[];
  indexes: WantedIndex[];
  foreignKeys: WantedForeignKey[];
}

export interface WantedColumn {
  name: string;
  /** As MySQL writes it, in lower case: `char(36)`, `enum('a','b')`. */
  type: string;
  nullable: boolean;
  default: string | null;
}

export interface WantedIndex {
  name: string;
  unique: boolean;
  columns: string[];
}

export interface WantedForeignKey {
  name: string;
  columns: string[];
  referencedTable: string;
  referencedColumns: string[];
  onDelete: string;
}

interface Model {
  table: string;
  fields: Field[];
  blockAttributes: string[];
}

interface Field {
  name: string;
  type: string;
  nullable: boolean;
  isList: boolean;
  attributes: string;
}

const SCALAR_TYPES: Record<string, string> = {
  Int: "int",
  BigInt: "bigint",
  Boolean: "tinyint(1)",
  Json: "json",
  DateTime: "datetime(3)",
};

const REFERENTIAL_ACTIONS: Record<string, string> = {
  Cascade: "CASCADE",
  Restrict: "RESTRICT",
  SetNull: "SET NULL",
};

/**
 * Reads the tables out of the text of a Prisma schema: as much of the language as ours uses.
 *
 * @throws Error on a field whose type it does not know.
 */
export function readPrismaSchema(text: string): WantedTable[] {
  const enums = new Map(
    blocks(text, "enum").map(({ name, lines }) => [name, lines.filter((line) => !line.startsWith("@@"))]),
  );
  const models = new Map(blocks(text, "model").map(({ name, lines }) => [name, readModel(name, lines)]));
  return [...models.values()].map((model) => toTable(model, models, enums));
}

function blocks(text: string, keyword: string): { name: string; lines: string[] }[] {
  return [...text.matchAll(new RegExp(`^${keyword} (\\w+) \\{\\n(.*?)^\\}`, "gms"))].map(
    ([, name = "", body = ""]) => ({
      name,
      lines: body
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "" && !line.startsWith("//")),
    }),
  );
}

function readModel(name: string, lines: readonly string[]): Model {
  const blockAttributes = lines.filter((line) => line.startsWith("@@"));
  const map = blockAttributes.map((line) => /^@@map\("(\w+)"\)/.exec(line)?.[1]).find((found) => found);
  const fields = lines
    .filter((line) => !line.startsWith("@@"))
    .map((line) => {
      const [, field = "", type = "", suffix, attributes = ""] =
        /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? [];
      return { name: field, type, nullable: suffix === "?", isList: suffix === "[]", attributes };
    });
  return { table: map ?? name, fields, blockAttributes };
}

function toTable(
  model: Model,
  models: ReadonlyMap<string, Model>,
  enums: ReadonlyMap<string, readonly string[]>,
): WantedTable {
  const columns = model.fields.filter(({ type, isList }) => !isList && !models.has(type));
  const relations = model.fields.filter(({ attributes }) => attributes.startsWith("@relation("));
  const ownKey = columns.find(({ attributes }) => /@id\b/.test(attributes));
  return {
    name: model.table,
    columns: columns.map((field) => ({
      name: field.name,
      type: columnType(model.table, field, enums),
      nullable: field.nullable,
      default: columnDefault(field),
    })),
    primaryKey: ownKey ? [ownKey.name] : (blockIndexes(model, "id")[0] ?? []),
    indexes: [
      ...columns
        .filter(({ attributes }) => /@unique\b/.test(attributes))
        .map(({ name }) => ({ name: `${model.table}_${name}_key`, unique: true, columns: [name] })),
      ...blockIndexes(model, "unique").map((names) => ({
        name: `${model.table}_${names.join("_")}_key`,
        unique: true,
        columns: names,
      })),
      ...blockIndexes(model, "index").map((names) => ({
        name: `${model.table}_${names.join("_")}_idx`,
        unique: false,
        columns: names,
      })),
    ],
    foreignKeys: relations.map((field) => toForeignKey(model, field, models)),
  };
}

function blockIndexes(model: Model, attribute: string): string[][] {
  return model.blockAttributes.flatMap((line) => {
    const names = new RegExp(`^@@${attribute}\\(\\[([^\\]]*)\\]`).exec(line)?.[1];
    return names === undefined ? [] : [names.split(",").map((name) => name.trim())];
  });
}

function columnType(table: string, field: Field, enums: ReadonlyMap<string, readonly string[]>): string {
  const values = enums.get(field.type);
  if (values) return `enum(${values.map((value) => `'${value}'`).join(",")})`;
  const native = /@db\.(\w+(?:\(\d+(?:, \d+)?\))?)/.exec(field.attributes)?.[1];
  const type = native?.toLowerCase().replace(" ", "") ?? SCALAR_TYPES[field.type];
  if (type === undefined) throw new Error(`${table}.${field.name}: the type ${field.type} is not known here`);
  return type;
}

function columnDefault({ type, attributes }: Field): string | null {
  const value = /@default\(([^()]*(?:\(\))?)\)/.exec(attributes)?.[1];
  if (value === undefined) return null;
  if (value === "now()") return "current_timestamp(3)";
  if (type === "Boolean") return value === "true" ? "1" : "0";
  return value;
}

function toForeignKey(model: Model, field: Field, models: ReadonlyMap<string, Model>): WantedForeignKey {
  const list = (name: string) =>
    (new RegExp(`${name}: \\[([^\\]]*)\\]`).exec(field.attributes)?.[1] ?? "")
      .split(",")
      .map((column) => column.trim());
  const columns = list("fields");
  const onDelete = /onDelete: (\w+)/.exec(field.attributes)?.[1] ?? "Restrict";
  return {
    name: `${model.table}_${columns.join("_")}_fkey`,
    columns,
    referencedTable: models.get(field.type)?.table ?? field.type,
    referencedColumns: list("references"),
    onDelete: REFERENTIAL_ACTIONS[onDelete] ?? onDelete,
  };
}
