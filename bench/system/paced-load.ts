import { setTimeout as wait } from "node:timers/promises";
import { type HttpConnection, type HttpTarget, openConnection, type RawAnswer } from "./http-connection.ts";

/** How a paced load went. */
export interface PacedResult {
  sent: number;
  /** Requests that were due while every connection waited for an answer: they were not sent. */
  skipped: number;
}

/**
 * Sends requests at a steady rate, whether or not those before were answered, as many producers do that know nothing
 * of each other.
 * @param onAnswer is told each answer and how long it took in milliseconds
 */
export async function sendPaced(
  target: HttpTarget,
  load: { perSecond: number; seconds: number; connections: number; bodyOf: (index: number) => string },
  onAnswer: (answer: RawAnswer, milliseconds: number) => void,
): Promise<PacedResult> {
  const all = await openConnections(target, load.connections);
  const idle = [...all];
  const total = Math.round(load.perSecond * load.seconds);
  const underWay = new Set<Promise<void>>();
  const startedAt = performance.now();
  let [sent, skipped] = [0, 0];

  const send = async (connection: HttpConnection, body: string) => {
    const sentAt = performance.now();
    const answer = await connection.post(body);
    onAnswer(answer, performance.now() - sentAt);
    idle.push(connection);
  };
  while (sent + skipped < total) {
    const due = Math.min(total, Math.floor(((performance.now() - startedAt) / 1000) * load.perSecond));
    for (let next = sent + skipped; next < due; next += 1) {
      const connection = idle.pop();
      if (!connection) {
        skipped += 1;
        continue;
      }
      sent += 1;
      const request: Promise<void> = send(connection, load.bodyOf(next)).finally(() =>
        underWay.delete(request),
      );
      underWay.add(request);
    }
    await wait(1);
  }
  await Promise.all(underWay);
  for (const connection of all) connection.close();
  return { sent, skipped };
}

/**
 * Node.js takes one new connection a turn of its event loop: under load, what is not taken yet waits for seconds. A
 * connection is ready when something was answered on it.
 */
const openedAtOnce = 100;

async function openConnections(target: HttpTarget, count: number): Promise<HttpConnection[]> {
  const opened: HttpConnection[] = [];
  while (opened.length < count) {
    const some = Math.min(openedAtOnce, count - opened.length);
    const fresh = await Promise.all(Array.from({ length: some }, () => openConnection(target)));
    await Promise.all(fresh.map((connection) => connection.get()));
    opened.push(...fresh);
  }
  return opened;
}
