import type { Page } from "@tocsin/contracts/api/common";
import type { ListSoundsInput, Sound } from "@tocsin/contracts/api/sounds";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { toSound } from "./sound-view.ts";

/**
 * A page of sounds, newest first, or the one of a name.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours
 */
export async function listSounds(ctx: Context, input: ListSoundsInput): Promise<Page<Sound>> {
  const before = cursorId(input.cursor);
  const filter = input.name === undefined ? {} : { name: input.name };
  const [rows, total] = await Promise.all([
    ctx.db.sound.findMany({
      where: { ...filter, ...(before && { id: { lt: before } }) },
      orderBy: { id: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    before ? undefined : ctx.db.sound.count({ where: filter }),
  ]);
  const { items, ...page } = toPage(rows, input, total);
  return { ...page, items: await Promise.all(items.map((row) => toSound(ctx.objects, row))) };
}
