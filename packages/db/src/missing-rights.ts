/** A right on the tables of a database, as GRANT names it. */
export type Right =
  | "SELECT"
  | "INSERT"
  | "UPDATE"
  | "DELETE"
  | "CREATE"
  | "ALTER"
  | "DROP"
  | "INDEX"
  | "REFERENCES";

/** What both apps need. */
export const RUNTIME_RIGHTS: readonly Right[] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/** What migrations need beside that. */
export const MIGRATION_RIGHTS: readonly Right[] = [
  ...RUNTIME_RIGHTS,
  ...(["CREATE", "ALTER", "DROP", "INDEX", "REFERENCES"] as const),
];

/**
 * Which of the wanted rights on a database the account lacks, as far as the lines of SHOW GRANTS tell. Where they leave
 * it open (a role, a right on single tables, a partial revoke) none is said to be missing: the statement itself decides.
 */
export function missingRights(
  grants: readonly string[],
  database: string,
  wanted: readonly Right[],
): Right[] {
  const held = new Set<string>();
  for (const grant of grants) {
    const [, rights, scope] = /^GRANT (.+?) ON (?:TABLE )?(\S+) TO /.exec(grant) ?? [];
    if (rights === undefined || scope === undefined) {
      if (leavesOpen(grant)) return [];
      continue;
    }
    const [schema, table] = splitScope(scope);
    if (!covers(schema, database)) continue;
    if (table !== "*" && rights !== "USAGE") return [];
    for (const right of rights.split(",")) held.add(right.trim());
  }
  if (held.has("ALL PRIVILEGES")) return [];
  return wanted.filter((right) => !held.has(right));
}

/** A role that is granted may hold anything, and what is revoked in part may concern another database. */
function leavesOpen(grant: string): boolean {
  return /^(GRANT \S+ TO |REVOKE )/.test(grant);
}

/** `*.*`, `` `database`.* `` or `` `database`.`table` ``. */
function splitScope(scope: string): [schema: string, table: string] {
  const dot = scope.lastIndexOf(".");
  return [unquoted(scope.slice(0, dot)), unquoted(scope.slice(dot + 1))];
}

function unquoted(name: string): string {
  return name.replaceAll("`", "");
}

/** The name of a database in a grant is a pattern of LIKE. */
function covers(pattern: string, database: string): boolean {
  if (pattern === "*") return true;
  const expression = pattern.replace(/\\(.)|([%_])|([^\w\s])/gs, (_all, escaped, wildcard, special) => {
    if (wildcard !== undefined) return wildcard === "%" ? ".*" : ".";
    return `\\${escaped ?? special}`.replace(/^\\(\w)$/, "$1");
  });
  return new RegExp(`^${expression}$`, "is").test(database);
}
