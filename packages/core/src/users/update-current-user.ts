import type { Profile, UpdateMeInput } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { isUniqueViolation } from "@tocsin/db/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { confirmSession } from "../auth/confirm-session.ts";
import { type Context, currentUserId } from "../context.ts";
import { loadProfile } from "./load-profile.ts";

/**
 * Changes what users may change of themselves. Roles, state and e-mail address are not among it.
 * @throws DomainError PHONE_TAKEN
 */
export async function updateCurrentUser(ctx: Context, { phone }: UpdateMeInput): Promise<Profile> {
  const id = currentUserId(ctx);
  try {
    const account = await inTransaction(ctx.db, async (tx) => {
      const before = await confirmSession(tx, ctx);
      if (phone === undefined || phone === before.phone) return before;
      await tx.user.update({ where: { id }, data: { phone } });
      await recordAudit(tx, ctx, {
        action: "user.updated",
        resourceType: "user",
        resourceId: id,
        before: { phone: before.phone },
        after: { phone },
      });
      return { ...before, phone };
    });
    return await loadProfile(ctx, account);
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const message = "Another user has this phone number";
    throw new DomainError("PHONE_TAKEN", { detail: message, errors: [{ pointer: "/phone", message }] });
  }
}
