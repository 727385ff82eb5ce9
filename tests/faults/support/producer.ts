import { setTimeout as delay } from "node:timers/promises";

/** An event that a client was told is accepted. */
export interface Accepted {
  /** What the client numbers it by. */
  number: number;
  id: string;
}

/** What the client knows, apart from whatever the service says of itself. */
export interface ClientLog {
  accepted: Accepted[];
  /** Answers other than 202, and connections that broke, by what they were. */
  setbacks: Map<string, number>;
}

/** Who sends, where to, and what the events are called. */
interface Target {
  token: string;
  type: string;
  /** Several: each event is sent to all of them at once, with the same idempotency key. */
  urls: readonly string[];
}

/** How long a client waits for an answer, and before it tries again. Milliseconds. */
const patience = 10_000;
const pause = 50;

/**
 * A back end that sends numbered events, so many at a time, each again with the same idempotency key until it is told
 * that it was accepted.
 */
export async function sendNumbered(
  { count, concurrency, ...target }: Target & { count: number; concurrency: number },
  onAccepted: (soFar: number) => void,
): Promise<ClientLog> {
  const log: ClientLog = { accepted: [], setbacks: new Map() };
  let next = 0;
  const sender = async () => {
    while (next < count) {
      const number = next;
      next += 1;
      log.accepted.push({ number, id: await sendUntilAccepted(target, number, log.setbacks) });
      onAccepted(log.accepted.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sender));
  return log;
}

async function sendUntilAccepted(
  target: Target,
  number: number,
  setbacks: Map<string, number>,
): Promise<string> {
  for (;;) {
    const outcomes = await Promise.all(target.urls.map((url) => send(url, target, number)));
    const ids = new Set(outcomes.flatMap(({ id }) => (id === null ? [] : [id])));
    if (ids.size > 1) throw new Error(`Event ${number} was accepted as ${[...ids].join(" and as ")}`);
    const [id] = ids;
    if (id !== undefined) return id;
    for (const outcome of outcomes) {
      if (outcome.id === null) setbacks.set(outcome.setback, (setbacks.get(outcome.setback) ?? 0) + 1);
    }
    await delay(pause);
  }
}

type Outcome = { id: string } | { id: null; setback: string };

async function send(url: string, { token, type }: Target, number: number): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/api/v1/events`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${token}`,
        "idempotency-key": `${type}-${number}`,
      },
      body: JSON.stringify({ type, source: "faults", payload: { number } }),
      signal: AbortSignal.timeout(patience),
    });
    const body = (await response.json()) as { id: string };
    return response.status === 202 ? { id: body.id } : { id: null, setback: String(response.status) };
  } catch (error) {
    return { id: null, setback: error instanceof Error ? error.name : String(error) };
  }
}
