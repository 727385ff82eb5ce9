import type { IncomingHttpHeaders } from "node:http";
import { findRange } from "./byte-range.ts";
import { listObjects } from "./list-objects.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import { S3Error } from "./s3-error.ts";
import { element, textsOf, xmlDocument } from "./xml.ts";

/** A request whose signature and body are checked. */
export interface ObjectRequest {
  method: string;
  bucket: string;
  /** Unescaped; empty where the request is about the bucket. */
  key: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  content: Buffer;
  /** The x-amz-checksum- fields that came with the body. */
  checksums: Readonly<Record<string, string>>;
}

export interface ObjectAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body?: Buffer | string;
}

/** What an object is given back with, of what it was put with. */
const KEPT_HEADERS = ["content-type", "content-disposition", "cache-control", "content-encoding"];

/** What a reader may ask to be told instead. */
const OVERRIDES = ["content-type", "content-disposition", "cache-control"];

/**
 * Answers calls about one bucket and its objects: https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html
 *
 * @returns a function that throws S3Error where a call is refused.
 */
export function createObjectsApi(
  bucket: string,
  store: ObjectStore,
): (request: ObjectRequest) => ObjectAnswer {
  return (request) => {
    if (request.bucket !== bucket) {
      throw new S3Error(404, "NoSuchBucket", `There is no bucket ${request.bucket}`);
    }
    if (request.key === "") return callBucket(bucket, store, request);
    switch (request.method) {
      case "PUT":
        return request.headers["x-amz-copy-source"] === undefined
          ? put(store, request)
          : copy(store, request);
      case "GET":
      case "HEAD":
        return read(find(store, request.key), request);
      case "DELETE":
        store.delete(request.key);
        return { status: 204 };
      default:
        throw notImplemented(request);
    }
  };
}

function callBucket(bucket: string, store: ObjectStore, request: ObjectRequest): ObjectAnswer {
  const { method, query } = request;
  if (method === "HEAD") return { status: 200 };
  if (method === "GET" && query.get("list-type") === "2") return xml(listObjects(bucket, store, query));
  if (method === "POST" && query.has("delete")) {
    const keys = textsOf(request.content.toString("utf8"), "Key");
    for (const key of keys) store.delete(key);
    const deleted = keys.map((key) => element("Deleted", [element("Key", key)]));
    return xml(element("DeleteResult", deleted));
  }
  throw notImplemented(request);
}

function put(store: ObjectStore, { key, content, headers, checksums }: ObjectRequest): ObjectAnswer {
  if (headers["if-none-match"] === "*" && store.get(key) !== undefined) {
    throw new S3Error(412, "PreconditionFailed", "There is an object of this key");
  }
  const kept = Object.entries(headers).filter(
    ([name]) => KEPT_HEADERS.includes(name) || name.startsWith("x-amz-meta-"),
  );
  const own = Object.fromEntries(kept.map(([name, value]) => [name, withoutChunks(name, String(value))]));
  const { etag } = store.put({ key, content, headers: { ...own, ...checksums } });
  return { status: 200, headers: { etag, ...checksums } };
}

/** aws-chunked is how a body came, not what it is. */
function withoutChunks(name: string, value: string): string {
  return name === "content-encoding" ? value.replace(/^aws-chunked,?\s*/, "") : value;
}

function copy(store: ObjectStore, { key, headers }: ObjectRequest): ObjectAnswer {
  const source = decodeURIComponent(String(headers["x-amz-copy-source"])).replace(/^\//, "");
  const { content, headers: kept } = find(store, source.slice(source.indexOf("/") + 1));
  const { etag, lastModified } = store.put({ key, content, headers: kept });
  return xml(element("CopyObjectResult", [element("ETag", etag), element("LastModified", lastModified)]));
}

function read(object: StoredObject, { method, query, headers }: ObjectRequest): ObjectAnswer {
  const { etag, size, content } = object;
  const range = findRange(headers.range, size);
  // Told to whoever asks, and of the whole alone.
  const isChecksumAsked = headers["x-amz-checksum-mode"] === "ENABLED" && range === undefined;
  const facts = Object.entries(object.headers).filter(
    ([name, value]) => value !== "" && (isChecksumAsked || !name.startsWith("x-amz-checksum-")),
  );
  const overrides = OVERRIDES.flatMap((name) => {
    const value = query.get(`response-${name}`);
    return value === null ? [] : [[name, value] as const];
  });
  const own: Record<string, string> = {
    "content-type": "binary/octet-stream",
    ...Object.fromEntries(facts),
    ...Object.fromEntries(overrides),
    etag,
    "last-modified": new Date(object.lastModified).toUTCString(),
    "accept-ranges": "bytes",
  };
  if (headers["if-match"] !== undefined && headers["if-match"] !== etag) {
    throw new S3Error(412, "PreconditionFailed", "The object is another one by now");
  }
  if (headers["if-none-match"] === etag) return { status: 304, headers: own };
  const part = range === undefined ? content : content.subarray(range.start, range.end + 1);
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...own,
      "content-length": String(part.length),
      ...(range && { "content-range": `bytes ${range.start}-${range.end}/${size}` }),
    },
    ...(method === "GET" && { body: part }),
  };
}

function find(store: ObjectStore, key: string): StoredObject {
  const object = store.get(key);
  if (!object) throw new S3Error(404, "NoSuchKey", "The specified key does not exist.");
  return object;
}

function xml(root: string): ObjectAnswer {
  return { status: 200, headers: { "content-type": "application/xml" }, body: xmlDocument(root) };
}

function notImplemented({ method, key, query }: ObjectRequest): S3Error {
  const what = `${method} ${key === "" ? "bucket" : "object"} ${query.toString()}`.trim();
  return new S3Error(501, "NotImplemented", `The stand-in does not know ${what}`);
}
