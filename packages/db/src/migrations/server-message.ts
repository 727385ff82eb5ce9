/** What the server or the driver said, in one line: without the statement that the driver adds. */
export function serverMessage(error: unknown): string {
  const [text = ""] = textOf(error).split("\nsql: ");
  return text.trim().replaceAll(/\s+/g, " ");
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "sqlMessage" in error && typeof error.sqlMessage === "string" ? error.sqlMessage : error.message;
}
