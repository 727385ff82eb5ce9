import { Pool } from "undici";

/** What a load generator saw. */
export interface LoadResult {
  accepted: number;
  refused: number;
  /** From the first request to the last answer. Seconds. */
  seconds: number;
  /** How long each answer took. Milliseconds, sorted. */
  latencies: number[];
}

/** Sends bodies over so many connections, each as soon as the one before is answered. */
export async function sendAll(
  target: { url: string; path: string; token: string; connections: number },
  bodies: readonly string[],
  acceptedOf: (answer: string) => number,
): Promise<LoadResult> {
  const pool = new Pool(target.url, { connections: target.connections, pipelining: 1 });
  const headers = { "content-type": "application/json", authorization: `Bearer ${target.token}` };
  const latencies: number[] = [];
  let [next, accepted, refused] = [0, 0, 0];
  const startedAt = performance.now();
  const sender = async () => {
    while (next < bodies.length) {
      const body = bodies[next] ?? "";
      next += 1;
      const sentAt = performance.now();
      const answer = await pool.request({ path: target.path, method: "POST", headers, body });
      const text = await answer.body.text();
      latencies.push(performance.now() - sentAt);
      if (answer.statusCode === 202) accepted += acceptedOf(text);
      else refused += 1;
    }
  };
  await Promise.all(Array.from({ length: target.connections }, sender));
  const seconds = (performance.now() - startedAt) / 1000;
  await pool.close();
  return { accepted, refused, seconds, latencies: latencies.toSorted((a, b) => a - b) };
}

/** The value below which so many of the sorted values lie. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
