import { readFileSync } from "node:fs";
import { UserError } from "../engines/user-error.ts";

/** The ports of one running system; each has a variable, so that two clones can run side by side. */
export interface StackPorts {
  api: number;
  workerHealth: number;
  database: number;
  redis: number;
  pusher: number;
  s3: number;
  fcm: number;
  apns: number;
}

export interface PortVariable {
  variable: string;
  /** What it was called before; still read where the new name is not set. */
  formerVariable?: string;
  fallback: number;
}

export const PORT_VARIABLES: Record<keyof StackPorts, PortVariable> = {
  api: { variable: "TOCSIN_API_PORT", fallback: 3000 },
  workerHealth: { variable: "TOCSIN_WORKER_PORT", fallback: 3001 },
  database: { variable: "TOCSIN_MYSQL_PORT", formerVariable: "TOCSIN_MARIADB_PORT", fallback: 3307 },
  redis: { variable: "TOCSIN_REDIS_PORT", fallback: 6380 },
  pusher: { variable: "TOCSIN_PUSHER_PORT", fallback: 6001 },
  s3: { variable: "TOCSIN_S3_PORT", fallback: 6002 },
  fcm: { variable: "TOCSIN_FCM_PORT", fallback: 6003 },
  apns: { variable: "TOCSIN_APNS_PORT", fallback: 6004 },
};

/** A private engine must never be mistaken for the machine's own. */
const SYSTEM_PORTS: readonly number[] = [3306, 6379];

/**
 * Reads the ports from the environment.
 *
 * @throws UserError naming the variable that holds no port, a port used twice, or a port of the system's own servers.
 */
export function readPorts(env: NodeJS.ProcessEnv): StackPorts {
  const ports: StackPorts = {
    api: readPort(env, PORT_VARIABLES.api),
    workerHealth: readPort(env, PORT_VARIABLES.workerHealth),
    database: readPort(env, PORT_VARIABLES.database),
    redis: readPort(env, PORT_VARIABLES.redis),
    pusher: readPort(env, PORT_VARIABLES.pusher),
    s3: readPort(env, PORT_VARIABLES.s3),
    fcm: readPort(env, PORT_VARIABLES.fcm),
    apns: readPort(env, PORT_VARIABLES.apns),
  };
  const variableOf = new Map<number, string>();
  for (const [name, { variable }] of Object.entries(PORT_VARIABLES)) {
    const port = ports[name as keyof StackPorts];
    const other = variableOf.get(port);
    if (other !== undefined)
      throw new UserError(`${variable} and ${other} are both ${port}: give each its own port.`);
    variableOf.set(port, variable);
  }
  return ports;
}

function readPort(env: NodeJS.ProcessEnv, { variable, formerVariable, fallback }: PortVariable): number {
  const text = env[variable] || (formerVariable && env[formerVariable]);
  if (text === undefined || text === "") return fallback;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new UserError(`${variable} must be a port from 1 to 65535, not "${text}".`);
  }
  if (SYSTEM_PORTS.includes(port)) {
    throw new UserError(`${variable} must not be ${port}: that port belongs to the machine's own servers.`);
  }
  return port;
}

/** Servers that are not ours: used as they are, never wiped, filled with demo data only where that is asked for. */
export interface ForeignEngines {
  databaseUrl?: string;
  redisUrl?: string;
}

/**
 * Reads DATABASE_URL and REDIS_URL, or the files that DATABASE_URL_FILE and REDIS_URL_FILE name.
 *
 * @throws UserError when one is no mysql:// or redis:// URL, or its file cannot be read.
 */
export function readForeignEngines(env: NodeJS.ProcessEnv): ForeignEngines {
  const databaseUrl = readUrl(
    env,
    "DATABASE_URL",
    ["mysql:", "mariadb:"],
    "mysql://user:password@host:3306/name",
  );
  const redisUrl = readUrl(env, "REDIS_URL", ["redis:", "rediss:"], "redis://host:6379");
  return {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(redisUrl === undefined ? {} : { redisUrl }),
  };
}

function readUrl(
  env: NodeJS.ProcessEnv,
  variable: string,
  protocols: readonly string[],
  example: string,
): string | undefined {
  const text = readText(env, variable);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !protocols.includes(url.protocol) || url.hostname === "") {
    throw new UserError(`${variable} must look like ${example}.`);
  }
  if (![url.username, url.password, url.pathname].every(isEscaped)) {
    throw new UserError(
      `${variable} has a % that begins no escape: write a % itself, as in a password, as %25.`,
    );
  }
  return text;
}

/** The programs that are started read the file again, and are strict about it. */
function readText(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const { [variable]: value = "", [`${variable}_FILE`]: file = "" } = env;
  if (file === "") return value === "" ? undefined : value;
  if (value !== "") {
    throw new UserError(`${variable} and ${variable}_FILE are both set: unset one of them.`);
  }
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    throw new UserError(`The file of ${variable}_FILE cannot be read.`, { cause: error });
  }
}

function isEscaped(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
