import { S3Error } from "./s3-error.ts";

/** What an aws-chunked body holds. */
export interface DecodedBody {
  content: Buffer;
  /** What was sent behind the last chunk, by lower-case name. */
  trailers: Readonly<Record<string, string>>;
}

const LINE_END = "\r\n";

/**
 * Takes an aws-chunked body apart: `size[;chunk-signature=…]`, the bytes, and so on until a size of 0; then trailers.
 * Signatures of single chunks are not checked: the SDKs send unsigned chunks with a checksum behind them.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @throws S3Error 400 where it is damaged or of another length than it was said to be.
 */
export function decodeAwsChunked(body: Buffer, decodedLength: string | undefined): DecodedBody {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = readLine(body, at);
    at += line.length + LINE_END.length;
    const size = /^([0-9a-f]{1,8})(?:;.*)?$/i.exec(line)?.[1];
    if (size === undefined) throw damaged("A chunk does not begin with its size");
    const length = Number.parseInt(size, 16);
    if (length === 0) break;
    const end = at + length;
    if (body.toString("latin1", end, end + LINE_END.length) !== LINE_END) {
      throw damaged("A chunk does not end where its size says");
    }
    chunks.push(body.subarray(at, end));
    at = end + LINE_END.length;
  }
  const content = Buffer.concat(chunks);
  if (decodedLength !== String(content.length)) {
    throw damaged(`x-amz-decoded-content-length does not fit ${content.length} bytes`);
  }
  return { content, trailers: readTrailers(body.toString("latin1", at)) };
}

function readLine(body: Buffer, from: number): string {
  const end = body.indexOf(LINE_END, from, "latin1");
  if (end === -1) throw damaged("The body ends within a chunk");
  return body.toString("latin1", from, end);
}

function readTrailers(text: string): Record<string, string> {
  const lines = text.split(LINE_END).filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}

function damaged(message: string): S3Error {
  return new S3Error(400, "IncompleteBody", message);
}
