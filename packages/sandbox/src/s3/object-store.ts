import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What is kept of an object beside its content. */
export interface ObjectFacts {
  key: string;
  /** In quotes, as S3 has it: the MD5 of the content. */
  etag: string;
  size: number;
  /** ISO 8601. */
  lastModified: string;
  /** What is answered with it, by lower-case name: content-type, x-amz-meta-… */
  headers: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectFacts {
  content: Buffer;
}

/** The objects of one bucket. */
export interface ObjectStore {
  put(object: Pick<StoredObject, "key" | "content" | "headers">): ObjectFacts;
  get(key: string): StoredObject | undefined;
  delete(key: string): void;
  /** In order of their keys. */
  list(prefix?: string): ObjectFacts[];
}

/**
 * The objects of one bucket, in memory.
 *
 * @param folder where they are kept as well, so that they outlive the process; nowhere unless told.
 */
export function createObjectStore(folder?: string): ObjectStore {
  const objects = new Map<string, StoredObject>();
  for (const object of folder === undefined ? [] : readAll(folder)) objects.set(object.key, object);
  return {
    put({ key, content, headers }) {
      const etag = `"${createHash("md5").update(content).digest("hex")}"`;
      const facts = { key, etag, size: content.length, lastModified: new Date().toISOString(), headers };
      if (folder !== undefined) write(folder, { ...facts, content });
      objects.set(key, { ...facts, content });
      return facts;
    },
    get: (key) => objects.get(key),
    delete(key) {
      objects.delete(key);
      if (folder !== undefined) rmSync(fileOf(folder, key), { force: true });
    },
    list(prefix = "") {
      return [...objects.values()]
        .filter(({ key }) => key.startsWith(prefix))
        .toSorted((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)))
        .map(({ content: _content, ...facts }) => facts);
    },
  };
}

/** A key may hold anything; a file's name may not. */
function fileOf(folder: string, key: string): string {
  return join(folder, `${createHash("sha256").update(key).digest("hex")}.json`);
}

/** Written aside and renamed: a process that is killed leaves no half object. */
function write(folder: string, { content, ...facts }: StoredObject): void {
  const file = fileOf(folder, facts.key);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify({ ...facts, content: content.toString("base64") }));
  renameSync(`${file}.new`, file);
}

function readAll(folder: string): StoredObject[] {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .map((name) => {
      const kept = JSON.parse(readFileSync(join(folder, name), "utf8")) as ObjectFacts & { content: string };
      return { ...kept, content: Buffer.from(kept.content, "base64") };
    });
}
