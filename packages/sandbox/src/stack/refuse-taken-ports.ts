import { isPortFree } from "../engines/free-port.ts";
import { UserError } from "../engines/user-error.ts";
import type { GivenParts } from "./given-parts.ts";
import { PORT_VARIABLES } from "./settings.ts";
import type { StackPorts } from "./settings.ts";

/**
 * Checks the ports before anything is started: a half-started system helps nobody. What is given needs no port here.
 *
 * @throws UserError naming the first taken port and the variable that chooses another one.
 */
export async function refuseTakenPorts(ports: StackPorts, given: GivenParts): Promise<void> {
  const needed: Record<keyof StackPorts, boolean> = {
    api: true,
    workerHealth: true,
    database: given.engines.databaseUrl === undefined,
    redis: given.engines.redisUrl === undefined,
    pusher: !given.pusher,
    s3: !given.s3,
    fcm: !given.push,
    apns: !given.push,
  };
  for (const name of Object.keys(needed) as (keyof StackPorts)[]) {
    if (!needed[name] || (await isPortFree(ports[name]))) continue;
    const { variable } = PORT_VARIABLES[name];
    throw new UserError(
      `Port ${ports[name]} is taken. Free it, or choose another one: ${variable}=<port> npm start`,
    );
  }
}
