import { type ClientRequest, type IncomingMessage, request as httpRequest } from "node:http";

const boundary = "a-boundary-of-tests";

/** A form with one file whose headers are written as they are given, which no client library would do. */
export function formWith(content: Buffer, disposition: string): Buffer {
  return Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`, "utf8"),
    Buffer.from("Content-Type: application/octet-stream\r\n\r\n"),
    content,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** What came back. */
export interface RawAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** An upload that the caller sends piece by piece. */
export interface RawUpload {
  asking: ClientRequest;
  answer: Promise<RawAnswer>;
}

/** Begins an upload; nothing of its body is sent yet. */
export function beginUpload(
  url: string,
  { token, headers }: { token?: string; headers?: Readonly<Record<string, string>> } = {},
): RawUpload {
  const asking = httpRequest(`${url}/api/v1/sounds`, {
    method: "POST",
    headers: {
      "content-type": `multipart/form-data; boundary=${boundary}`,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    asking.once("error", reject);
    asking.once("response", (response) => void read(response).then(resolve, reject));
  });
  // Whoever asks for the answer is told of its failure; whoever does not wants none.
  answer.catch(() => undefined);
  return { asking, answer };
}

async function read(response: IncomingMessage): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  return { status: response.statusCode ?? 0, body };
}

/** Sends a whole body. */
export async function sendUpload(url: string, token: string, body: Buffer): Promise<RawAnswer> {
  const { asking, answer } = beginUpload(url, { token, headers: { "content-length": String(body.length) } });
  asking.end(body);
  return answer;
}
