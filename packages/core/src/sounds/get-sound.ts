import type { Sound } from "@tocsin/contracts/api/sounds";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { toSound } from "./sound-view.ts";

/**
 * One sound.
 * @throws DomainError SOUND_NOT_FOUND
 */
export async function getSound(ctx: Context, { id }: { id: string }): Promise<Sound> {
  const row = await ctx.db.sound.findUnique({ where: { id } });
  if (!row) throw new DomainError("SOUND_NOT_FOUND");
  return toSound(ctx.objects, row);
}
