import type { Silence } from "@tocsin/contracts/api/silences";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { toSilence } from "./silence-view.ts";

/**
 * One silence, also where it has ended.
 * @throws DomainError SILENCE_NOT_FOUND
 */
export async function getSilence(ctx: Context, { id }: { id: string }): Promise<Silence> {
  const row = await ctx.db.silence.findUnique({ where: { id } });
  if (!row) throw new DomainError("SILENCE_NOT_FOUND");
  return toSilence(row, ctx.clock());
}
