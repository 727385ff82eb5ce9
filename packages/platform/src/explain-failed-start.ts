import { EnvError } from "./env.ts";
import { UnusableRedisError } from "./redis.ts";

/**
 * Why a process cannot start, in words for whoever started it, without any secret.
 * @param portVariable the variable that sets the port it listens on
 * @returns undefined where nobody foresaw the reason: then the error itself is wanted
 */
export function explainFailedStart(error: unknown, portVariable: string): string | undefined {
  if (error instanceof EnvError || error instanceof UnusableRedisError) return error.message;
  const { name, message, code, port } = error as Partial<NodeJS.ErrnoException> & { port?: number };
  // Known by their names: their classes are in a package that this one does not depend on.
  if (name === "InvalidDatabaseUrlError") return `DATABASE_URL: ${message}`;
  if (name === "SecretFileError") return message;
  if (code === "EADDRINUSE") {
    return `Port ${port} is taken: stop what listens there or set ${portVariable} to another one`;
  }
  if (code === "EACCES" && port !== undefined) {
    return `Port ${port} may not be used: set ${portVariable} to another one, such as 3000`;
  }
  return undefined;
}
