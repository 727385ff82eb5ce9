/** What the server or the driver said, in one line: without the statement that the driver adds. */
export function serverMessage(error: unknown): string {
  const text =
    typeof error === "object" && error !== null && "sqlMessage" in error && error.sqlMessage !== null
      ? String(error.sqlMessage)
      : error instanceof Error
        ? error.message
        : String(error);
  return (text.split("\nsql: ")[0] ?? text).trim().replaceAll(/\s+/g, " ");
}
