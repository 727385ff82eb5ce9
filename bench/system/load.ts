import { type HttpTarget, openConnection, type RawAnswer } from "./http-connection.ts";

/** What a load generator saw. */
export interface LoadResult {
  accepted: number;
  /** Answers other than 202, by status. */
  refused: ReadonlyMap<number, number>;
  /** From the first request to the last answer. Seconds. */
  seconds: number;
  /** How long each answer took. Milliseconds, sorted. */
  latencies: number[];
}

export interface LoadTarget extends Omit<HttpTarget, "url"> {
  /** The connections are spread over these. */
  urls: readonly string[];
  connections: number;
}

/** Sends bodies over so many connections, each as soon as the one before is answered. */
export async function sendAll(
  target: LoadTarget,
  bodies: readonly string[],
  acceptedOf: (answer: string) => number,
): Promise<LoadResult> {
  let next = 0;
  return sendWhile(target, () => bodies[next++], acceptedOf);
}

/** Sends what `nextBody` gives until it gives nothing more. */
export async function sendWhile(
  target: LoadTarget,
  nextBody: () => string | undefined,
  acceptedOf: (answer: string) => number,
): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: target.connections }, (_, index) =>
      openConnection({ ...target, url: target.urls[index % target.urls.length] ?? "" }),
    ),
  );
  const latencies: number[] = [];
  const refused = new Map<number, number>();
  let accepted = 0;
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      for (let body = nextBody(); body !== undefined; body = nextBody()) {
        const sentAt = performance.now();
        const answer: RawAnswer = await connection.post(body);
        latencies.push(performance.now() - sentAt);
        if (answer.status === 202) accepted += acceptedOf(answer.body);
        else refused.set(answer.status, (refused.get(answer.status) ?? 0) + 1);
      }
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return { accepted, refused, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

/** The value below which so many of the sorted values lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
