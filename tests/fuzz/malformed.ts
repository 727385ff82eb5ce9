import { connect } from "node:net";

/** How long a connection is held that neither answers nor ends. Milliseconds. */
const patience = 3_000;

const head = "Host: x\r\n";

/** Bytes that are no request, or two; by name. */
const malformed: Readonly<Record<string, string | Buffer>> = {
  "no request at all": "\r\n\r\n\r\n",
  "a line of zeros": Buffer.alloc(5000),
  "HTTP/0.9": "GET /health\r\n\r\n",
  "HTTP/9.9": `GET /health HTTP/9.9\r\n${head}\r\n`,
  "the preface of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "a TLS greeting": Buffer.from("16030100a5010000a10303", "hex"),
  "a method that is none": `\u0000\u0001 /health HTTP/1.1\r\n${head}\r\n`,
  "a method in small letters": `get /health HTTP/1.1\r\n${head}\r\n`,
  CONNECT: "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n",
  "OPTIONS *": `OPTIONS * HTTP/1.1\r\n${head}\r\n`,
  "an absolute target": `GET http://evil.example/api/v1/rules HTTP/1.1\r\n${head}\r\n`,
  "a target that is no URL": `GET http://[::1:x/health HTTP/1.1\r\n${head}\r\n`,
  "a target of double slashes": `GET //evil.example/health HTTP/1.1\r\n${head}\r\n`,
  "a target in Latin-1": Buffer.from(`GET /\u00e9\u00ff HTTP/1.1\r\n${head}\r\n`, "latin1"),
  "a target of 100 kB": `GET /${"a".repeat(100_000)} HTTP/1.1\r\n${head}\r\n`,
  "no Host": "GET /health HTTP/1.1\r\n\r\n",
  "two Hosts": "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
  "two Authorizations": `GET /api/v1/rules HTTP/1.1\r\n${head}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`,
  "a header without a colon": `GET /health HTTP/1.1\r\n${head}rubbish\r\n\r\n`,
  "a header with a zero": `GET /health HTTP/1.1\r\n${head}X: a\u0000b\r\n\r\n`,
  "a folded header": `GET /health HTTP/1.1\r\n${head}X: a\r\n b\r\n\r\n`,
  "a header of 100 kB": `GET /health HTTP/1.1\r\n${head}X: ${"a".repeat(100_000)}\r\n\r\n`,
  "3,000 headers": `GET /health HTTP/1.1\r\n${head}${"X: a\r\n".repeat(3000)}\r\n`,
  "line feeds alone": "GET /health HTTP/1.1\nHost: x\n\n",
  "a negative length": `POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`,
  "a length of 1e400": `POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: 1e400\r\n\r\n`,
  "a length beyond counting": `POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: ${"9".repeat(40)}\r\n\r\n`,
  "two lengths": `POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
  "a length and chunks": `POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  "chunks that are none": `POST /api/v1/events HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  "a chunk of endless length": `POST /api/v1/events HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${"f".repeat(30)}\r\n`,
  "chunks within chunks": `POST /api/v1/events HTTP/1.1\r\n${head}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  "chunks called otherwise": `POST /api/v1/events HTTP/1.1\r\n${head}Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}`,
  trailers: `POST /api/v1/events HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\n\r\n`,
  "an upgrade": `GET /api/v1/rules HTTP/1.1\r\n${head}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n\r\n`,
  "an upgrade to HTTP/2": `GET /health HTTP/1.1\r\n${head}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n`,
  "an expectation": `POST /api/v1/events HTTP/1.1\r\n${head}Expect: rubbish\r\nContent-Length: 2\r\n\r\n{}`,
  "fifty requests at once": `GET /health HTTP/1.1\r\n${head}\r\n`.repeat(50),
  "half a request": `POST /api/v1/events HTTP/1.1\r\n${head}Content-Length: 100\r\n\r\n{"type":`,
  "half a head": "POST /api/v1/events HTTP/1.1\r\nHost",
};

export const malformedNames: readonly string[] = Object.keys(malformed);

/** What a server wrote before the connection ended, or before nobody waited any longer. */
export function sendMalformed(url: string, name: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.end(malformed[name] ?? ""));
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A connection that is cut is an answer too.
    socket.on("error", () => {});
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString("latin1"));
    });
  });
}

/** What is wrong with what was written: a server error, or a status that is none. */
export function judgeMalformed(answer: string): string[] {
  const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  const wrong = statuses
    .filter((status) => status >= 500 && status !== 503)
    .map((status) => `a status of ${status}`);
  return answer !== "" && statuses.length === 0 ? [...wrong, "bytes that are no answer"] : wrong;
}
