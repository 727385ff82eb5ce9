import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below what systems give to outgoing connections and to whoever asks for any port (Linux: from 32768 on). */
const LOWEST = 10_240;
const HIGHEST = 32_767;

/** How often another one is tried. */
const TRIES = 50;

/**
 * A TCP port of 127.0.0.1 that nobody listens on at this moment: by chance, from a range of which the system gives none
 * away. Until it is used, only another call of this function could find the same one.
 *
 * @throws Error when none is found.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`Found no free port between ${LOWEST} and ${HIGHEST} in ${TRIES} tries`);
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
