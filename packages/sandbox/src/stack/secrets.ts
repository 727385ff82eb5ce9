import { randomBytes, randomInt } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../engines/user-error.ts";

/** What this clone's own system trusts. Made once, at random; nothing in the code knows a default. */
export interface StackSecrets {
  databasePassword: string;
  databaseRootPassword: string;
  jwtSecret: string;
  jwtKeyId: string;
  pusherAppId: string;
  pusherKey: string;
  pusherSecret: string;
  s3AccessKeyId: string;
  s3SecretAccessKey: string;
  fcmAccessToken: string;
}

/** What files that are older than it do not have: it is made when it is missed. */
const addedLater: readonly string[] = [
  "s3AccessKeyId",
  "s3SecretAccessKey",
  "fcmAccessToken",
] satisfies (keyof StackSecrets)[];

/** New random secrets: 192 bits or more each. */
export function generateSecrets(): StackSecrets {
  return {
    databasePassword: randomText(24),
    databaseRootPassword: randomText(24),
    jwtSecret: randomText(48),
    jwtKeyId: `local-${randomBytes(4).toString("hex")}`,
    // Pusher's application ids are numbers, its keys and secrets are hexadecimal.
    pusherAppId: String(randomInt(100_000, 1_000_000)),
    pusherKey: randomBytes(10).toString("hex"),
    pusherSecret: randomBytes(24).toString("hex"),
    s3AccessKeyId: randomBytes(10).toString("hex").toUpperCase(),
    s3SecretAccessKey: randomText(30),
    fcmAccessToken: randomText(30),
  };
}

/**
 * The secrets kept in a file that only its owner can read; made at the first call.
 *
 * @throws UserError when the file is damaged.
 */
export function loadSecrets(file: string): StackSecrets {
  const fresh = generateSecrets();
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    return keep(file, fresh);
  }
  chmodSync(file, 0o600);
  const kept = parseSecrets(readFileSync(file, "utf8"));
  const missing = Object.keys(fresh).filter((name) => typeof kept?.[name] !== "string" || kept[name] === "");
  if (kept === undefined || !missing.every((name) => addedLater.includes(name))) {
    throw new UserError(`${file} is damaged: remove it and start again (everybody has to log in once more).`);
  }
  const complete = { ...fresh, ...kept };
  return missing.length === 0 ? complete : keep(file, complete);
}

function keep(file: string, secrets: StackSecrets): StackSecrets {
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

function parseSecrets(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function randomText(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
