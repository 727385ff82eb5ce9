import type { RegisterInput, Registered } from "@tocsin/contracts/api/auth";
import { newId } from "@tocsin/db/ids";
import { isUniqueViolation } from "@tocsin/db/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { registrationLimits } from "../throttle/attempt-limits.ts";
import { countAttempt } from "../throttle/count-attempts.ts";
import { checkPasswordStrength } from "./check-password-strength.ts";
import { hashPassword } from "./hash-password.ts";

/**
 * Takes a registration; the account waits for approval. A taken e-mail address or phone number gets the same answer
 * (with an id that nobody has) and changes nothing, so that nobody learns who is registered.
 * @throws DomainError WEAK_PASSWORD; TOO_MANY_REQUESTS, and UNAVAILABLE while registrations cannot be counted
 */
export async function register(ctx: Context, input: RegisterInput): Promise<Registered> {
  // Counted first: a weak password costs more to judge than to send.
  await countAttempt(ctx, registrationLimits(ctx, input.email));
  await checkPasswordStrength(ctx, input);
  const passwordHash = await hashPassword(input.password);
  const id = newId();
  try {
    await inTransaction(ctx.db, async (tx) => {
      await tx.user.create({
        data: {
          id,
          email: input.email,
          phone: input.phone ?? null,
          passwordHash,
          status: "pending",
          inbox: { create: {} },
        },
      });
      await recordAudit(tx, ctx, { action: "auth.registered", resourceType: "user", resourceId: id });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    await recordAudit(ctx.db, ctx, { action: "auth.registration_ignored", resourceType: "user" });
  }
  return { id, email: input.email, status: "pending" };
}
