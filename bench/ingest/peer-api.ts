// The peer, where requests come in: what one would write first. An event is an INSERT and an XADD.
import { createServer } from "node:http";
import { newId } from "@tocsin/db/ids";
import { createPool } from "@tocsin/db/pool";
import { createLogger } from "@tocsin/platform/logger";
import { createRedis } from "@tocsin/platform/redis";
import { peerStream } from "./peer-stream.ts";

const { DATABASE_URL = "", REDIS_URL = "", PORT = "" } = process.env;
const log = createLogger({ service: "peer-api", level: "error", format: "json" });
const pool = createPool({ url: DATABASE_URL, connectionLimit: 20 });
const redis = createRedis({ url: REDIS_URL, role: "request", log });
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
    await redis.xadd(peerStream, "*", "id", id);
  }
  return { accepted: events.length };
}
