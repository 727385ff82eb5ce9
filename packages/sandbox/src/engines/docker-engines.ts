import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { EngineKind } from "./engine.ts";

const run = promisify(execFile);
const COMPOSE_FILE = join(import.meta.dirname, "engines.compose.yml");
const CONTAINERS_FILE = "containers.project";
/** The first start pulls two images. */
const UP_TIMEOUT_SECONDS = 600;

export interface DockerEngines {
  /** The compose project: one a clone, so that two clones do not share data. */
  project: string;
  kinds: readonly EngineKind[];
  databasePort: number;
  redisPort: number;
  database: string;
  user: string;
  password: string;
  rootPassword: string;
}

/**
 * Starts the engines that are not installed here as containers on 127.0.0.1 and waits until they are healthy.
 *
 * @throws Error with compose's own output.
 */
export async function startDockerEngines(engines: DockerEngines): Promise<void> {
  const env = {
    ...process.env,
    TOCSIN_MYSQL_PORT: String(engines.databasePort),
    TOCSIN_REDIS_PORT: String(engines.redisPort),
    TOCSIN_MYSQL_DATABASE: engines.database,
    TOCSIN_MYSQL_USER: engines.user,
    TOCSIN_MYSQL_PASSWORD: engines.password,
    TOCSIN_MYSQL_ROOT_PASSWORD: engines.rootPassword,
  };
  const wait = ["--wait", "--wait-timeout", String(UP_TIMEOUT_SECONDS)];
  await run("docker", [...compose(engines.project), "up", "--detach", ...wait, ...engines.kinds], { env });
}

/** Stops the containers; their volumes keep the data unless they are to be removed. */
export async function stopDockerEngines(project: string, removeData: boolean): Promise<void> {
  // Compose reads the file again and wants its variables, though it needs none of them to stop.
  const env = {
    ...process.env,
    TOCSIN_MYSQL_PORT: "0",
    TOCSIN_REDIS_PORT: "0",
    TOCSIN_MYSQL_DATABASE: "-",
    TOCSIN_MYSQL_USER: "-",
    TOCSIN_MYSQL_PASSWORD: "-",
    TOCSIN_MYSQL_ROOT_PASSWORD: "-",
  };
  await run("docker", [...compose(project), "down", ...(removeData ? ["--volumes"] : [])], { env });
}

/** Notes that containers run, so that a later command can stop those of a killed one. */
export function writeContainersFile(runFolder: string, project: string): void {
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(join(runFolder, CONTAINERS_FILE), project);
}

/**
 * Stops the containers that a killed run left behind.
 *
 * @returns whether there was a note of any.
 */
export async function stopNotedContainers(runFolder: string): Promise<boolean> {
  const file = join(runFolder, CONTAINERS_FILE);
  let project: string;
  try {
    project = readFileSync(file, "utf8");
  } catch {
    return false;
  }
  await stopDockerEngines(project, false);
  rmSync(file, { force: true });
  return true;
}

function compose(project: string): string[] {
  return ["compose", "--project-name", project, "--file", COMPOSE_FILE];
}
