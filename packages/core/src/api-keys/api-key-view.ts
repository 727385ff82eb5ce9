import type { ApiKey } from "@tocsin/contracts/api/api-keys";
import type { ApiKey as ApiKeyRow } from "@tocsin/db/client";

/** A key as the API shows it: nothing of its secrets. */
export function toApiKey(row: ApiKeyRow, now: Date): ApiKey {
  const { id, name, prefix, source, createdBy, previousSecretExpiresAt } = row;
  const state = stateOf(row, now);
  const isPreviousLive =
    state === "active" && previousSecretExpiresAt !== null && previousSecretExpiresAt > now;
  return {
    ...{ id, name, prefix, source, state, createdBy },
    scopes: row.scopes as ApiKey["scopes"],
    expiresAt: row.expiresAt?.toISOString() ?? null,
    previousSecretExpiresAt: isPreviousLive ? previousSecretExpiresAt.toISOString() : null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

/** Whether a key is taken. */
export function stateOf(
  { revokedAt, expiresAt }: Pick<ApiKeyRow, "revokedAt" | "expiresAt">,
  now: Date,
): ApiKey["state"] {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && expiresAt <= now ? "expired" : "active";
}
