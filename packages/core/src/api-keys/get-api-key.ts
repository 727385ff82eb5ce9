import type { ApiKey } from "@tocsin/contracts/api/api-keys";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { toApiKey } from "./api-key-view.ts";

/**
 * One API key, also where it has ended.
 * @throws DomainError API_KEY_NOT_FOUND
 */
export async function getApiKey(ctx: Context, { id }: { id: string }): Promise<ApiKey> {
  const row = await ctx.db.apiKey.findUnique({ where: { id } });
  if (!row) throw new DomainError("API_KEY_NOT_FOUND");
  return toApiKey(row, ctx.clock());
}
