import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import type { CopyVerb } from "./change-copies.ts";
import { changeOwnCopies } from "./change-own-copies.ts";

/**
 * Changes the caller's copy of one notification.
 * @throws DomainError NOTIFICATION_NOT_FOUND, also for one that the caller deleted
 */
export async function changeOwnCopy(ctx: Context, id: string, verb: CopyVerb): Promise<void> {
  const [result] = await changeOwnCopies(ctx, [id], verb);
  if (result?.outcome === "not_found") throw new DomainError("NOTIFICATION_NOT_FOUND");
}
