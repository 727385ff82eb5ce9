import type { Server } from "node:net";
import { UserError } from "../engines/user-error.ts";

/**
 * Starts listening.
 *
 * @param port 0 takes any free one.
 * @returns the port.
 * @throws UserError when it is taken.
 */
export function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? new UserError(`Port ${port} of ${host} is taken.`) : error);
    });
    server.listen(port, host, () => {
      server.removeAllListeners("error");
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
