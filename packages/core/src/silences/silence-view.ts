import type { Silence, Weekly } from "@tocsin/contracts/api/silences";
import type { Silence as SilenceRow } from "@tocsin/db/client";

/** A silence as the API shows it. */
export function toSilence(row: SilenceRow, now: Date): Silence {
  const { id, condition, comment, createdBy, startsAt, endsAt } = row;
  return {
    ...{ id, condition, comment, createdBy },
    startsAt: startsAt.toISOString(),
    endsAt: endsAt?.toISOString() ?? null,
    weekly: row.weekly as Weekly | null,
    state: stateOf({ startsAt, endsAt }, now),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function stateOf({ startsAt, endsAt }: { startsAt: Date; endsAt: Date | null }, now: Date): Silence["state"] {
  if (endsAt !== null && endsAt <= now) return "ended";
  return startsAt > now ? "upcoming" : "active";
}

/** What a person decided of it, for the audit log. */
export function contentOf({ condition, startsAt, endsAt, weekly, comment }: Omit<Silence, "state">) {
  return { condition, startsAt, endsAt, weekly, comment };
}
