// The peer, where events are worked on: what one would write first. An event is a job, a job tries every rule with an
// expression library and writes a row for each person.
import { createServer } from "node:http";
import { newId } from "@tocsin/db/ids";
import { createPool } from "@tocsin/db/pool";
import { createLogger } from "@tocsin/platform/logger";
import { createRedis, untilReady } from "@tocsin/platform/redis";
import { Queue, Worker } from "bullmq";
import { filtrex } from "../rules/peers/filtrex.ts";
import { peerStream } from "./peer-stream.ts";
import { recipientCount, rules } from "./rule-set.ts";

const { DATABASE_URL = "", REDIS_URL = "", PORT = "" } = process.env;
const log = createLogger({ service: "peer-worker", level: "error", format: "json" });
const pool = createPool({ url: DATABASE_URL, connectionLimit: 20 });
const redis = createRedis({ url: REDIS_URL, role: "request", log });
const reading = createRedis({ url: REDIS_URL, role: "worker", log });
const jobs = createRedis({ url: REDIS_URL, role: "worker", log });
const group = "peer";
const readCount = 10;

const countMatches = filtrex.prepare(rules);
const queue = new Queue("peer-events", { connection: redis });
const worker = new Worker<{ id: string }>("peer-events", (job) => processEvent(job.data.id), {
  connection: jobs,
  concurrency: 20,
});
worker.on("error", (error) => log.error("The peer's worker failed", { error }));

interface StoredEvent {
  id: string;
  type: string;
  source: string;
  payload: string;
  receivedAt: Date;
}

async function processEvent(id: string): Promise<void> {
  const [row] = await pool.query<StoredEvent[]>(
    "SELECT id, type, source, payload, receivedAt FROM event WHERE id = ?",
    [id],
  );
  if (!row) return;
  const matches = await countMatches({ ...row, payload: JSON.parse(row.payload) as object });
  for (let recipient = 0; recipient < matches * recipientCount; recipient += 1) {
    await pool.query(
      "INSERT INTO dead_letter (id, body, error, attempts, createdAt) VALUES (?, '', '', 0, UTC_TIMESTAMP(3))",
      [newId()],
    );
  }
  await pool.query("UPDATE event SET status = 'processed', processedAt = UTC_TIMESTAMP(3) WHERE id = ?", [
    id,
  ]);
}

await untilReady(redis);
await redis.xgroup("CREATE", peerStream, group, "0", "MKSTREAM").catch(() => undefined);
createServer((_request, response) => response.end()).listen(Number(PORT), "127.0.0.1");
for (;;) {
  const reply = (await reading.xreadgroup(
    "GROUP",
    group,
    "p",
    "COUNT",
    readCount,
    "BLOCK",
    1000,
    "STREAMS",
    peerStream,
    ">",
  )) as [string, [string, string[]][]][] | null;
  for (const [streamId, fields] of reply?.[0]?.[1] ?? []) {
    await queue.add("process", { id: fields[1] ?? "" }, { removeOnComplete: true });
    await redis.xack(peerStream, group, streamId);
  }
}
