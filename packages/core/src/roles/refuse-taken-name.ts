import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { isUniqueViolation } from "@tocsin/db/errors";
import { looksLike } from "./look-alike.ts";

/**
 * Tells that a role's name is taken as an error of that field.
 * @throws DomainError ROLE_NAME_TAKEN; whatever else `write` throws
 */
export async function refuseTakenName<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw nameTaken("Another role has this name");
  }
}

/**
 * Refuses a name that people would take for another role's: whoever gives a role looks at its name. The directory is
 * locked already, so no other role gets a name meanwhile.
 * @param id the role that is renamed, if one is
 * @throws DomainError ROLE_NAME_TAKEN
 */
export async function refuseLookAlikeName(tx: Transaction, name: string, id?: string): Promise<void> {
  const roles = await tx.role.findMany({ select: { id: true, name: true } });
  const alike = roles.find((role) => role.id !== id && looksLike(role.name, name));
  if (alike) throw nameTaken(`This name looks like that of the role ${JSON.stringify(alike.name)}`);
}

function nameTaken(message: string): DomainError {
  return new DomainError("ROLE_NAME_TAKEN", { detail: message, errors: [{ pointer: "/name", message }] });
}
