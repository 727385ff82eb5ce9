import { DomainError } from "@tocsin/contracts/errors";
import { isUniqueViolation } from "@tocsin/db/errors";

/**
 * Tells that a role's name is taken as an error of that field.
 * @throws DomainError ROLE_NAME_TAKEN; whatever else `write` throws
 */
export async function refuseTakenName<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "Another role has this name";
    throw new DomainError("ROLE_NAME_TAKEN", { detail: message, errors: [{ pointer: "/name", message }] });
  }
}
