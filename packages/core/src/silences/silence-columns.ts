import type { CreateSilenceInput } from "@tocsin/contracts/api/silences";
import { Prisma } from "@tocsin/db/client";

/** A silence's fields as its row holds them. */
export function silenceColumns({ startsAt, endsAt, weekly, ...others }: CreateSilenceInput) {
  return {
    ...others,
    startsAt: new Date(startsAt),
    endsAt: endsAt === null ? null : new Date(endsAt),
    weekly: weekly ?? Prisma.DbNull,
  };
}
