import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Error } from "./s3-error.ts";

const PREFIX = "x-amz-checksum-";

/** The checksums that are verified, as S3 writes them: base64 of the bytes, big-endian. */
const algorithms: Readonly<Record<string, (content: Buffer) => string>> = {
  "content-md5": (content) => digest("md5", content),
  [`${PREFIX}sha1`]: (content) => digest("sha1", content),
  [`${PREFIX}sha256`]: (content) => digest("sha256", content),
  [`${PREFIX}crc32`]: (content) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(content));
    return bytes.toString("base64");
  },
};

/**
 * Holds a body against every checksum that came with it, in a header or behind the body.
 *
 * @returns the x-amz-checksum- fields, to be told again to whoever reads the object.
 * @throws S3Error 400 where one does not fit or is of a kind that is not known here.
 */
export function checkChecksums(
  content: Buffer,
  fields: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string" || !isChecksum(name)) continue;
    const checksumOf = algorithms[name];
    if (!checksumOf) throw new S3Error(400, "NotImplemented", `${name} is not known here`);
    if (checksumOf(content) !== value) throw new S3Error(400, "BadDigest", `${name} does not fit the body`);
    if (name.startsWith(PREFIX)) kept[name] = value;
  }
  return kept;
}

/** Not x-amz-checksum-mode and the like, which are questions. */
function isChecksum(name: string): boolean {
  if (name === "content-md5") return true;
  return name.startsWith(PREFIX) && !/-(?:mode|type|algorithm)$/.test(name);
}

/**
 * Holds a body against the hash that its signature covers.
 *
 * @throws S3Error 400
 */
export function checkPayloadHash(content: Buffer, payloadHash: string): void {
  if (!/^[0-9a-f]{64}$/.test(payloadHash)) return;
  if (createHash("sha256").update(content).digest("hex") === payloadHash) return;
  throw new S3Error(400, "XAmzContentSHA256Mismatch", "The body is not the one that was signed");
}

function digest(algorithm: string, content: Buffer): string {
  return createHash(algorithm).update(content).digest("base64");
}
