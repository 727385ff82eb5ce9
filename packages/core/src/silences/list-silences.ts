import type { Page } from "@tocsin/contracts/api/common";
import type { ListSilencesInput, Silence } from "@tocsin/contracts/api/silences";
import type { Prisma } from "@tocsin/db/client";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { toSilence } from "./silence-view.ts";

/** A page of silences, newest first. */
export async function listSilences(ctx: Context, input: ListSilencesInput): Promise<Page<Silence>> {
  const now = ctx.clock();
  const filter = filterOf(input.state, now);
  const before = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.silence.findMany({
      where: { ...filter, ...(before && { id: { lt: before } }) },
      orderBy: { id: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    before ? undefined : ctx.db.silence.count({ where: filter }),
  ]);
  return toPage(
    rows.map((row) => toSilence(row, now)),
    input,
    total,
  );
}

function filterOf(state: ListSilencesInput["state"], now: Date): Prisma.SilenceWhereInput {
  const isNotOver = { OR: [{ endsAt: null }, { endsAt: { gt: now } }] };
  switch (state) {
    case undefined:
      return {};
    case "upcoming":
      return { startsAt: { gt: now }, ...isNotOver };
    case "active":
      return { startsAt: { lte: now }, ...isNotOver };
    case "ended":
      return { endsAt: { lte: now } };
  }
}
