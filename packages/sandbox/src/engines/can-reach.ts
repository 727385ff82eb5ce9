import { connect } from "node:net";
import { askDatabase } from "./server-version.ts";

/** Whether a MySQL or MariaDB server answers a query as this user. */
export async function canReachDatabase(url: string): Promise<boolean> {
  try {
    await askDatabase(url);
    return true;
  } catch {
    return false;
  }
}

/** Whether a Redis server answers PING; a server that is still loading its data does not count. */
export function canReachRedis(url: string): Promise<boolean> {
  const target = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(target.port || 6379), target.hostname);
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("connect", () => socket.write("PING\r\n"));
    // A server that wants a password answers too; its users notice a wrong one themselves.
    socket.once("data", (data) => finish(/^(\+PONG|-NOAUTH)/.test(data.toString("latin1"))));
  });
}
