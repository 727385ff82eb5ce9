/** Names whose values are never written to a log, at any depth. */
const secretName = /pass(word|phrase)?|token|secret|authorization|cookie|api-?key|signature/i;

const maximumDepth = 6;

/** A copy in which secrets are struck out and errors are plain objects. */
export function redact(value: unknown, depth = 0): unknown {
  if (value instanceof Error) return redactError(value, depth);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (depth >= maximumDepth) return "[too deep]";
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretName.test(name) ? "[redacted]" : redact(item, depth + 1),
    ]),
  );
}

function redactError(error: Error, depth: number): unknown {
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    ...("code" in error && { code: String(error.code) }),
    ...(error.cause !== undefined && {
      cause: depth < maximumDepth ? redact(error.cause, depth + 1) : "[too deep]",
    }),
  };
}
