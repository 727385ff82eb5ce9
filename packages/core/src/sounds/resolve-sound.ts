import { isBundledSound } from "@tocsin/contracts/bundled-sounds";
import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";

/**
 * The id of the uploaded sound that a rule names; null for none and for a bundled one. The sound cannot be deleted
 * before the transaction ends.
 * @throws DomainError UNKNOWN_SOUND with a pointer
 */
export async function resolveSound(tx: Transaction, name: string | null): Promise<string | null> {
  if (name === null || isBundledSound(name)) return null;
  const id = await findSound(tx, name);
  if (id !== undefined) return id;
  const message = `There is no sound named "${name}": upload it first`;
  throw new DomainError("UNKNOWN_SOUND", { detail: message, errors: [{ pointer: "/sound", message }] });
}

/** Like {@link resolveSound}, for a name that a rule had before sounds could be uploaded: null where there is none. */
export async function resolveKeptSound(tx: Transaction, name: string | null): Promise<string | null> {
  return name === null ? null : ((await findSound(tx, name)) ?? null);
}

async function findSound(tx: Transaction, name: string): Promise<string | undefined> {
  // Not FOR SHARE: MariaDB does not know it.
  const rows = await tx.$queryRaw<
    { id: string }[]
  >`SELECT id FROM sound WHERE name = ${name} LOCK IN SHARE MODE`;
  return rows[0]?.id;
}
