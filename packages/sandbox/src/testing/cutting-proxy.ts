import { forward, type Forwarder } from "./forward.ts";

/** A way to a server that can lose an answer. */
export interface CuttingProxy extends Forwarder {
  /** So many answers more come back; the next statement reaches the server, and instead of its answer the line is cut. */
  loseAnswerAfter(answers: number): void;
  hasLost(): boolean;
}

/** Passes everything on to a server on this machine, until it is told to lose an answer. */
export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  let answersLeft = Infinity;
  let hasLost = false;
  const forwarder = await forward(
    () => serverPort,
    (client, upstream) => {
      client.on("data", (chunk: Buffer) => upstream.write(chunk));
      upstream.on("data", (chunk: Buffer) => {
        answersLeft -= 1;
        if (answersLeft >= 0) {
          client.write(chunk);
          return;
        }
        [answersLeft, hasLost] = [Infinity, true];
        client.destroy();
      });
    },
  );
  return {
    ...forwarder,
    loseAnswerAfter: (answers) => void (answersLeft = answers),
    hasLost: () => hasLost,
  };
}
