import { closeSync, openSync, readSync } from "node:fs";

type Environment = Readonly<Record<string, string | undefined>>;

/** A secret that its file does not give. The message names the variable, and never holds the content. */
export class SecretFileError extends Error {
  override readonly name = "SecretFileError";
}

/** No secret is longer; a path of something else must not fill the memory. Bytes. */
const MAXIMUM_BYTES = 64 * 1024;

/**
 * The value of a variable, or the content of the file that the variable with `_FILE` behind its name names, as secrets
 * of Docker and Kubernetes are handed over. One newline at the end does not count. An empty variable is one not set.
 *
 * It is here because the migrations need it, and this package depends on none of ours.
 *
 * @returns undefined where neither is set
 * @throws SecretFileError where both are, or where the file cannot be read, is empty or is larger than 64 KiB
 */
export function readSecret(env: Environment, name: string): string | undefined {
  const value = env[name] ?? "";
  const path = env[`${name}_FILE`] ?? "";
  if (path === "") return value === "" ? undefined : value;
  if (value !== "") throw new SecretFileError(`${name} and ${name}_FILE are both set: unset one of them.`);
  const text = readText(path, `${name}_FILE`).replace(/\r?\n$/, "");
  if (text === "") throw new SecretFileError(`The file of ${name}_FILE is empty.`);
  return text;
}

/**
 * The environment with the values of these variables read from their files, where it names files.
 *
 * @throws SecretFileError
 */
export function withSecretFiles(env: Environment, names: readonly string[]): Environment {
  return { ...env, ...Object.fromEntries(names.map((name) => [name, readSecret(env, name)])) };
}

function readText(path: string, variable: string): string {
  let bytes: Buffer;
  try {
    bytes = readUpTo(path, MAXIMUM_BYTES + 1);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown reason";
    throw new SecretFileError(`The file of ${variable} cannot be read (${reason}).`, { cause: error });
  }
  if (bytes.length <= MAXIMUM_BYTES) return bytes.toString("utf8");
  throw new SecretFileError(`The file of ${variable} is larger than ${MAXIMUM_BYTES / 1024} KiB.`);
}

/** The first bytes of a file. What is no regular file has no size to be asked for. */
function readUpTo(path: string, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  const file = openSync(path, "r");
  try {
    let filled = 0;
    while (filled < length) {
      const count = readSync(file, bytes, filled, length - filled, null);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}
