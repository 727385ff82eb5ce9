/** What answers behind a database URL. */
export interface DatabaseServer {
  engine: "mysql" | "mariadb";
  /** Its numbers alone, such as 8.4.6 or 10.11.14. */
  version: string;
}

/**
 * Reads what `SELECT VERSION()` says, such as `8.4.6-commercial` or `10.11.14-MariaDB-0+deb12u2`. What does not call
 * itself MariaDB is taken for MySQL.
 */
export function parseServerVersion(text: string): DatabaseServer {
  const engine = /mariadb/i.test(text) ? "mariadb" : "mysql";
  return { engine, version: /^\d+(\.\d+)*/.exec(text)?.[0] ?? text };
}

/** Whether a version is this one or a later one, number by number. */
export function isAtLeast(version: string, minimum: string): boolean {
  const [numbers, wanted] = [version, minimum].map((text) => text.split(".").map(Number)) as [
    number[],
    number[],
  ];
  for (const [index, number] of wanted.entries()) {
    const difference = (numbers[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
