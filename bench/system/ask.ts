import { type HttpTarget, openConnection } from "./http-connection.ts";

/** Where questions go, over so many connections. */
export interface AskedTarget extends HttpTarget {
  connections: number;
}

/** How questions were answered. */
export interface AskResult {
  /** Answers a second. */
  pace: number;
  /** How long each answer took. Milliseconds. */
  latencies: number[];
}

/**
 * Asks the same again and again over every connection, each as soon as the answer before is there.
 * @param check is given every hundredth answer; throws where it is wrong
 * @throws Error where an answer is not 200
 */
export async function askWhile(
  target: AskedTarget,
  seconds: number,
  check: (body: string) => void,
): Promise<AskResult> {
  const connections = await Promise.all(
    Array.from({ length: target.connections }, () => openConnection(target)),
  );
  const latencies: number[] = [];
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  await Promise.all(
    connections.map(async (connection) => {
      for (let askedAt = startedAt; askedAt < until; askedAt = performance.now()) {
        const { status, body } = await connection.get();
        if (status !== 200) throw new Error(`${target.path} was answered with ${status}: ${body}`);
        if (latencies.length % 100 === 0) check(body);
        latencies.push(performance.now() - askedAt);
      }
    }),
  );
  const pace = latencies.length / ((performance.now() - startedAt) / 1000);
  for (const connection of connections) connection.close();
  return { pace, latencies };
}
