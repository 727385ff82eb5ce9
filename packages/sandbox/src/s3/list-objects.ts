import type { ObjectFacts, ObjectStore } from "./object-store.ts";
import { element } from "./xml.ts";

const MAXIMUM_KEYS = 1_000;

/**
 * A page of a bucket's objects as ListObjectsV2 answers it, with prefix, delimiter, start-after and continuation.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listObjects(bucket: string, store: ObjectStore, query: URLSearchParams): string {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const maximum = Math.min(Number(query.get("max-keys") ?? MAXIMUM_KEYS), MAXIMUM_KEYS);
  const after = readToken(query.get("continuation-token")) ?? query.get("start-after") ?? "";

  const entries = group(store.list(prefix), prefix, delimiter).filter(({ name }) => name > after);
  const page = entries.slice(0, maximum);
  const isTruncated = entries.length > page.length;
  const last = page.at(-1)?.name ?? "";
  return element("ListBucketResult", [
    element("Name", bucket),
    element("Prefix", prefix),
    element("MaxKeys", maximum),
    element("KeyCount", page.length),
    element("IsTruncated", isTruncated),
    ...(isTruncated ? [element("NextContinuationToken", Buffer.from(last).toString("base64"))] : []),
    ...page.map(({ name, object }) =>
      object ? contents(object) : element("CommonPrefixes", [element("Prefix", name)]),
    ),
  ]);
}

interface Entry {
  name: string;
  /** Undefined: the entry stands for all objects below this prefix. */
  object: ObjectFacts | undefined;
}

function group(objects: readonly ObjectFacts[], prefix: string, delimiter: string): Entry[] {
  const entries = new Map<string, Entry>();
  for (const object of objects) {
    const end = delimiter === "" ? -1 : object.key.indexOf(delimiter, prefix.length);
    const name = end === -1 ? object.key : object.key.slice(0, end + delimiter.length);
    entries.set(name, { name, object: end === -1 ? object : undefined });
  }
  return [...entries.values()];
}

function contents({ key, etag, size, lastModified }: ObjectFacts): string {
  return element("Contents", [
    element("Key", key),
    element("LastModified", lastModified),
    element("ETag", etag),
    element("Size", size),
    element("StorageClass", "STANDARD"),
  ]);
}

function readToken(token: string | null): string | undefined {
  return token === null ? undefined : Buffer.from(token, "base64").toString("utf8");
}
