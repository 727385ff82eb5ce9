import { isPortFree } from "../engines/free-port.ts";
import { UserError } from "../engines/user-error.ts";
import { PORT_VARIABLES } from "./settings.ts";
import type { ForeignEngines, StackPorts } from "./settings.ts";

/**
 * Checks the ports before anything is started: a half-started system helps nobody.
 *
 * @throws UserError naming the first taken port and the variable that chooses another one.
 */
export async function refuseTakenPorts(ports: StackPorts, foreign: ForeignEngines): Promise<void> {
  const isSandbox = foreign.databaseUrl === undefined && foreign.redisUrl === undefined;
  const needed: Record<keyof StackPorts, boolean> = {
    api: true,
    workerHealth: true,
    database: foreign.databaseUrl === undefined,
    redis: foreign.redisUrl === undefined,
    pusher: isSandbox,
    s3: isSandbox,
    fcm: isSandbox,
    apns: isSandbox,
  };
  for (const name of Object.keys(needed) as (keyof StackPorts)[]) {
    if (!needed[name] || (await isPortFree(ports[name]))) continue;
    const { variable } = PORT_VARIABLES[name];
    throw new UserError(
      `Port ${ports[name]} is taken. Free it, or choose another one: ${variable}=<port> npm start`,
    );
  }
}
