import { createHash } from "node:crypto";

/**
 * The name of the folder in which our engines keep what belongs to a database that is given. A Redis holds what is under
 * way for one database: beside another one it starts with nothing of it.
 */
export function folderBeside(databaseUrl = ""): string {
  const url = URL.parse(databaseUrl);
  const database = `${url?.hostname}:${url?.port === "" ? "3306" : url?.port}${url?.pathname}`;
  return `given-${createHash("sha256").update(database).digest("hex").slice(0, 12)}`;
}
