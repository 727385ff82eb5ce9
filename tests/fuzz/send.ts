import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import type { Exchange } from "../contract/support/exchange.ts";
import type { FuzzRequest } from "./fuzz-request.ts";
import { encodeBody } from "./hostile-http.ts";
import { fillPlaceholders } from "./valid-input.ts";
import type { World } from "./world.ts";

/** How long an answer is waited for. Milliseconds. */
const patience = 15_000;

/** What came of a request: an answer, or none. */
export interface Sent {
  exchange: Exchange | undefined;
  /** Why there is no answer. */
  failure: string | undefined;
  milliseconds: number;
}

/** A request with everything filled in: what goes over the wire. */
export interface WireRequest {
  method: string;
  path: string;
  headers: readonly (readonly [string, string])[];
  body: Buffer | undefined;
  /** The body before it was packed, where it was. */
  unpacked?: Buffer;
}

/** Fills in the ids and the credentials of a request, and packs its body. */
export function toWire(asked: FuzzRequest, world: World): WireRequest {
  const fill = (text: string) => fillPlaceholders(text, world.idOf);
  const token = world.tokenOf(asked.caller);
  // Byte by byte: a body may be no UTF-8, and placeholders are ASCII.
  const text = asked.body && Buffer.from(fill(asked.body.toString("latin1")), "latin1");
  const packed = text && encodeBody(text, asked.encode);
  return {
    method: asked.method,
    path: fill(asked.path),
    headers: [
      ...(token === undefined ? [] : [["Authorization", `Bearer ${token}`] as const]),
      ...asked.headers,
      ...(packed?.headers ?? []),
    ],
    body: packed?.body,
    ...(text && { unpacked: text }),
  };
}

const agent = new Agent({ keepAlive: true, maxSockets: 4 });

/** Sends a request. A connection that the server closed while it was idle is no failure: then it is sent once more. */
export async function send(url: string, wire: WireRequest): Promise<Sent> {
  const first = await sendOnce(url, wire);
  return first.failure?.startsWith("the connection ended") ? sendOnce(url, wire, false) : first;
}

/** Ends the connections that are kept. */
export function closeConnections(): void {
  agent.destroy();
}

function sendOnce(url: string, wire: WireRequest, isKept = true): Promise<Sent> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (some: Pick<Sent, "exchange" | "failure">) =>
      resolve({ ...some, milliseconds: performance.now() - startedAt });
    const fail = (failure: string) => end({ exchange: undefined, failure });
    try {
      const { hostname, port } = new URL(url);
      const asking = httpRequest({
        ...{ hostname, port, method: wire.method, path: wire.path },
        headers: headersOf(wire),
        agent: isKept ? agent : false,
        timeout: patience,
      });
      asking.once("timeout", () => {
        fail(`no answer within ${patience / 1000} s`);
        asking.destroy();
      });
      asking.once("error", (error) => fail(`the connection ended: ${error.message}`));
      asking.once("response", (answer) => {
        readAnswer(wire, answer).then(
          (exchange) => end({ exchange, failure: undefined }),
          (error: unknown) => fail(`the answer ended early: ${String(error)}`),
        );
      });
      asking.end(wire.body);
    } catch (error) {
      // Node.js itself sends nothing of the kind.
      end({ exchange: undefined, failure: error instanceof TypeError ? undefined : String(error) });
    }
  });
}

function headersOf({ headers, body, method }: WireRequest): string[] {
  const hasLength = body !== undefined || (method !== "GET" && method !== "HEAD");
  const own = headers.some(([name]) => name.toLowerCase() === "host") ? [] : ["Host", "127.0.0.1"];
  return [...own, ...(hasLength ? ["Content-Length", String(body?.length ?? 0)] : []), ...headers.flat()];
}

async function readAnswer(wire: WireRequest, answer: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return {
    method: wire.method,
    url: wire.path,
    requestHeaders: Object.fromEntries(wire.headers.map(([name, value]) => [name.toLowerCase(), value])),
    requestBody: wire.unpacked ?? wire.body ?? Buffer.alloc(0),
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    body: Buffer.concat(chunks),
  };
}
