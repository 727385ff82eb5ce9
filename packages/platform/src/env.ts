import type { z } from "zod";

/** Environment variables that do not fit. The message names each; it never shows a value. */
export class EnvError extends Error {
  override readonly name = "EnvError";
}

/**
 * Reads the environment through a schema. Empty variables count as not set.
 * @throws EnvError that lists every variable that is missing or wrong
 */
export function readEnv<Schema extends z.ZodType>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => {
    const name = path.map(String).join(".");
    return given[name] === undefined ? `  ${name} is not set` : `  ${name}: ${message}`;
  });
  throw new EnvError(`The environment is not complete (see .env.example):\n${lines.join("\n")}`);
}
