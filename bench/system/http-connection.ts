import { once } from "node:events";
import { connect } from "node:net";

/** The answer to a request. */
export interface RawAnswer {
  status: number;
  body: string;
}

/** One keep-alive connection: a request at a time. */
export interface HttpConnection {
  /** @throws Error where the connection ends first */
  post(body: string): Promise<RawAnswer>;
  /** @throws Error where the connection ends first */
  get(): Promise<RawAnswer>;
  close(): void;
}

/** Where requests go, and what stands in each of their heads. */
export interface HttpTarget {
  url: string;
  path: string;
  token: string;
}

/**
 * Opens a connection with the least of HTTP/1.1 that a load generator needs: it runs on the processors that are
 * measured, and a whole client costs as much as what it asks for.
 */
export async function openConnection({ url, path, token }: HttpTarget): Promise<HttpConnection> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  socket.setEncoding("utf8");
  await once(socket, "connect");
  const common = `${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n`;
  const head = `POST ${common}Content-Type: application/json\r\nContent-Length: `;
  let received = "";
  let waiting: { resolve: (answer: RawAnswer) => void; reject: (error: Error) => void } | undefined;

  socket.on("data", (text: string) => {
    received += text;
    const answer = readAnswer(received);
    if (!answer) return;
    received = "";
    waiting?.resolve(answer);
  });
  const fail = (error?: Error) => waiting?.reject(error ?? new Error("The connection was closed"));
  socket.on("error", fail);
  socket.on("close", () => fail());

  const send = (request: string) =>
    new Promise<RawAnswer>((resolve, reject) => {
      waiting = { resolve, reject };
      socket.write(request);
    });
  return {
    post: (body) => send(`${head}${Buffer.byteLength(body)}\r\n\r\n${body}`),
    get: () => send(`GET ${common}\r\n`),
    close: () => socket.destroy(),
  };
}

/** The answer, if all of it is there. @throws Error where it does not say how long it is */
function readAnswer(received: string): RawAnswer | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, headEnd + 2))?.[1];
  if (length === undefined) throw new Error(`An answer of unknown length: ${received.slice(0, headEnd)}`);
  const body = received.slice(headEnd + 4);
  if (Buffer.byteLength(body) < Number(length)) return undefined;
  return { status: Number(received.slice(9, 12)), body };
}
