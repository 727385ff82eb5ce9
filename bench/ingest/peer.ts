// The peer: what one would write first. A request is an INSERT and an XADD, an event is a job, a job tries every rule
// with an expression library.
import { createServer } from "node:http";
import { newId } from "@tocsin/db/ids";
import { createPool } from "@tocsin/db/pool";
import { createLogger } from "@tocsin/platform/logger";
import { createRedis, untilReady } from "@tocsin/platform/redis";
import { compileExpression } from "filtrex";
import { Queue, Worker } from "bullmq";
import { recipientCount, ruleCount } from "./event-set.ts";

const { DATABASE_URL = "", REDIS_URL = "", PORT = "" } = process.env;
const log = createLogger({ service: "peer", level: "error", format: "json" });
const pool = createPool({ url: DATABASE_URL, connectionLimit: 20 });
const redis = createRedis({ url: REDIS_URL, role: "request", log });
const reading = createRedis({ url: REDIS_URL, role: "worker", log });
const jobs = createRedis({ url: REDIS_URL, role: "worker", log });
const [stream, group] = ["peer", "peer"];
const hash = Buffer.alloc(32);

interface EventBody {
  type: string;
  source: string;
  payload: Record<string, unknown>;
}

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/ready") return void response.end();
    void accept(Buffer.concat(chunks).toString()).then((answer) => {
      response.statusCode = 202;
      response.end(JSON.stringify(answer));
    });
  });
}).listen(Number(PORT), "127.0.0.1");

async function accept(body: string): Promise<object> {
  const parsed = JSON.parse(body) as EventBody | { events: EventBody[] };
  const events = "events" in parsed ? parsed.events : [parsed];
  for (const { type, source, payload } of events) {
    const id = newId();
    await pool.query(
      "INSERT INTO event (id, type, source, payload, bodyHash, receivedAt) VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))",
      [id, type, source, JSON.stringify(payload), hash],
    );
    await redis.xadd(stream, "*", "id", id);
  }
  return { accepted: events.length };
}

const rules = Array.from({ length: ruleCount }, (_, index) =>
  compileExpression(`type == "bench.${index}" and amount > 10000`),
);
const queue = new Queue("peer-events", { connection: redis });
const worker = new Worker<{ id: string }>("peer-events", (job) => processEvent(job.data.id), {
  connection: jobs,
  concurrency: 20,
});
worker.on("error", (error) => log.error("The peer's worker failed", { error }));

async function processEvent(id: string): Promise<void> {
  const [row] = await pool.query<{ type: string; payload: string }[]>(
    "SELECT type, payload FROM event WHERE id = ?",
    [id],
  );
  if (!row) return;
  const facts = { ...(JSON.parse(row.payload) as object), type: row.type };
  for (const rule of rules) {
    if (rule(facts) !== true) continue;
    for (let recipient = 0; recipient < recipientCount; recipient += 1) {
      await pool.query(
        "INSERT INTO dead_letter (id, body, error, attempts, createdAt) VALUES (?, '', '', 0, UTC_TIMESTAMP(3))",
        [newId()],
      );
    }
  }
  await pool.query("UPDATE event SET status = 'processed', processedAt = UTC_TIMESTAMP(3) WHERE id = ?", [
    id,
  ]);
}

await untilReady(redis);
await redis.xgroup("CREATE", stream, group, "0", "MKSTREAM").catch(() => undefined);
for (;;) {
  const reply = (await reading.xreadgroup(
    "GROUP",
    group,
    "p",
    "COUNT",
    10,
    "BLOCK",
    1000,
    "STREAMS",
    stream,
    ">",
  )) as [string, [string, string[]][]][] | null;
  for (const [streamId, fields] of reply?.[0]?.[1] ?? []) {
    await queue.add("process", { id: fields[1] ?? "" }, { removeOnComplete: true });
    await redis.xack(stream, group, streamId);
  }
}
