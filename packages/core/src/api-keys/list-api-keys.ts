import type { ApiKey, ListApiKeysInput } from "@tocsin/contracts/api/api-keys";
import type { Page } from "@tocsin/contracts/api/common";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { toApiKey } from "./api-key-view.ts";

/** A page of API keys, newest first; those that have ended too. */
export async function listApiKeys(ctx: Context, input: ListApiKeysInput): Promise<Page<ApiKey>> {
  const before = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.apiKey.findMany({
      where: before ? { id: { lt: before } } : {},
      orderBy: { id: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    before ? undefined : ctx.db.apiKey.count(),
  ]);
  const now = ctx.clock();
  return toPage(
    rows.map((row) => toApiKey(row, now)),
    input,
    total,
  );
}
