import { timingSafeEqual } from "node:crypto";
import type { ApiKey as ApiKeyRow, Database } from "@tocsin/db/client";
import type { Logger } from "@tocsin/platform/logger";
import { LRUCache } from "lru-cache";
import { hashOf } from "../events/hash.ts";
import { prefixOf } from "./api-key-secret.ts";
import { noteUse } from "./note-use.ts";

/** How long what MySQL said of a key is believed: so late does a revocation act. Milliseconds. */
const keptMilliseconds = 5000;

/** The most keys that are kept; the least used make room. */
const maximumKept = 10_000;

/** A key that was good when MySQL was asked. */
export interface LiveApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: readonly string[];
  source: string | null;
  /** When it, or the secret that was sent, ends. */
  expiresAt: Date | null;
}

/** Whether a key has expired since. */
export function hasEnded({ expiresAt }: LiveApiKey, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

/** What MySQL said of API keys lately. */
export interface ApiKeyCache {
  /**
   * The key with this secret, undefined where there is none that is live. It may have expired since.
   * @throws whatever the database throws
   */
  find(secret: string): Promise<LiveApiKey | undefined>;
  /** The same, where it was found in the last seconds; asks nobody. */
  peek(secret: string): LiveApiKey | undefined;
}

interface ApiKeyCacheOptions {
  db: Pick<Database, "apiKey">;
  log: Logger;
  clock: () => Date;
  /** A clock that only goes forward. Milliseconds. */
  now?: () => number;
}

/** Keeps keys in memory under the hash of their secret. Secrets that are wrong are looked up each time. */
export function createApiKeyCache({
  db,
  log,
  clock,
  now = () => performance.now(),
}: ApiKeyCacheOptions): ApiKeyCache {
  const kept = new LRUCache<string, LiveApiKey, { prefix: string; hash: Buffer }>({
    max: maximumKept,
    ttl: keptMilliseconds,
    ttlResolution: 0,
    perf: { now },
    // Those who ask at once for the same key wait for one query.
    fetchMethod: async (_key, _stale, { context: { prefix, hash } }) => {
      const row = await db.apiKey.findUnique({ where: { prefix } });
      const live = row && readLive(row, hash);
      if (!live || hasEnded(live, clock())) return undefined;
      await noteUse({ db, log }, row, clock());
      return live;
    },
  });
  return {
    async find(secret) {
      const prefix = prefixOf(secret);
      if (prefix === undefined) return undefined;
      const hash = hashOf(secret);
      return kept.fetch(hash.toString("base64"), { context: { prefix, hash } });
    },
    peek: (secret) => kept.peek(hashOf(secret).toString("base64")),
  };
}

/** The key as this secret opens it. */
function readLive(row: ApiKeyRow, hash: Buffer): LiveApiKey | undefined {
  if (row.revokedAt !== null) return undefined;
  const isCurrent = timingSafeEqual(row.secretHash, hash);
  const isPrevious = row.previousSecretHash !== null && timingSafeEqual(row.previousSecretHash, hash);
  if (!isCurrent && !isPrevious) return undefined;
  const { id, name, prefix, source } = row;
  const ends = isCurrent ? [row.expiresAt] : [row.expiresAt, row.previousSecretExpiresAt];
  return { id, name, prefix, source, scopes: row.scopes as string[], expiresAt: earliest(ends) };
}

function earliest(instants: readonly (Date | null)[]): Date | null {
  const known = instants.filter((instant) => instant !== null);
  return known.length === 0 ? null : new Date(Math.min(...known.map(Number)));
}
