import { forward, type Forwarder } from "./forward.ts";

/** An address whose server can be changed, as those of managed databases are. */
export interface MovingProxy extends Forwarder {
  /** New connections lead to this port of this machine; those that are open stay where they are. */
  moveTo(serverPort: number): void;
  /** How many connections were made since the start. */
  connections(): number;
}

/** Passes everything on to a server on this machine, until it is told to take another one. */
export async function startMovingProxy(serverPort: number): Promise<MovingProxy> {
  let target = serverPort;
  let connections = 0;
  const forwarder = await forward(
    () => target,
    (client, upstream) => {
      connections += 1;
      client.pipe(upstream);
      upstream.pipe(client);
    },
  );
  return {
    ...forwarder,
    moveTo: (other) => void (target = other),
    connections: () => connections,
  };
}
