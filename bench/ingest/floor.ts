// The floor: the same rows in the same tables and the same stream with the parts used bare. It judges nothing, checks
// nothing and repairs nothing; nobody could be faster with these parts and do the work.
import { randomBytes } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";
import { newId } from "@tocsin/db/ids";
import { createPool } from "@tocsin/db/pool";
import { createRedis, untilReady } from "@tocsin/platform/redis";
import { createLogger } from "@tocsin/platform/logger";

const { DATABASE_URL = "", REDIS_URL = "", PORT = "" } = process.env;
const log = createLogger({ service: "floor", level: "error", format: "json" });
const pool = createPool({ url: DATABASE_URL, connectionLimit: 4 });
const redis = createRedis({ url: REDIS_URL, role: "request", log });
const reading = createRedis({ url: REDIS_URL, role: "worker", log });

const [stream, group, batchRows] = ["floor", "floor", 500];
const hash = randomBytes(32);

interface Waiting {
  body: string;
  response: ServerResponse;
}
const waiting: Waiting[] = [];
let underWay = 0;

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/ready") return void response.end();
    waiting.push({ body: Buffer.concat(chunks).toString(), response });
    void store();
  });
}).listen(Number(PORT), "127.0.0.1");

async function store(): Promise<void> {
  if (underWay >= 2 || waiting.length === 0) return;
  underWay += 1;
  const batch = waiting.splice(0, batchRows);
  const requests = batch.map(({ body }) => {
    const parsed = JSON.parse(body) as EventBody | { events: EventBody[] };
    return ("events" in parsed ? parsed.events : [parsed]).map((event) => ({ id: newId(), event }));
  });
  const rows = requests.flat();
  await pool.query(
    `INSERT INTO event (id, type, source, payload, bodyHash, receivedAt)
     VALUES ${rows.map(() => "(?, ?, ?, ?, ?, UTC_TIMESTAMP(3))").join(", ")}`,
    rows.flatMap(({ id, event }) => [id, event.type, event.source, JSON.stringify(event.payload), hash]),
  );
  const pipeline = redis.pipeline();
  for (const { id } of rows) pipeline.xadd(stream, "*", "id", id);
  const added = pipeline.exec();
  for (const [index, { response }] of batch.entries()) {
    response.statusCode = 202;
    response.end(JSON.stringify({ accepted: requests[index]?.length, id: requests[index]?.[0]?.id }));
  }
  await added;
  underWay -= 1;
  void store();
}

interface EventBody {
  type: string;
  source: string;
  payload: object;
}

await untilReady(redis);
await redis.xgroup("CREATE", stream, group, "0", "MKSTREAM").catch(() => undefined);
for (;;) {
  const reply = (await reading.xreadgroup(
    "GROUP",
    group,
    "f",
    "COUNT",
    batchRows,
    "BLOCK",
    1000,
    "STREAMS",
    stream,
    ">",
  )) as [string, [string, string[]][]][] | null;
  const entries = reply?.[0]?.[1] ?? [];
  if (entries.length === 0) continue;
  const ids = entries.map(([, fields]) => fields[1] ?? "");
  const places = ids.map(() => "?").join(", ");
  const rows = await pool.query<{ payload: string }[]>(
    `SELECT payload FROM event WHERE id IN (${places})`,
    ids,
  );
  for (const { payload } of rows) JSON.parse(payload);
  await pool.query(
    `UPDATE event SET status = 'processed', processedAt = UTC_TIMESTAMP(3) WHERE id IN (${places})`,
    ids,
  );
  const streamIds = entries.map(([id]) => id);
  await redis
    .multi()
    .xack(stream, group, ...streamIds)
    .xdel(stream, ...streamIds)
    .exec();
}
