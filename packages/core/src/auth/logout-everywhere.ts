import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { endSessions } from "./end-sessions.ts";
import { lockAccount } from "./lock-account.ts";

/** Ends every session of the caller, this one too: no access token works at the next call, no refresh token ever. */
export async function logoutEverywhere(ctx: Context): Promise<{ ok: true }> {
  const userId = currentUserId(ctx);
  await inTransaction(ctx.db, async (tx) => {
    await lockAccount(tx, userId);
    await endSessions(tx, ctx, { userId, reason: "logout_everywhere" });
    await recordAudit(tx, ctx, {
      action: "auth.logged_out_everywhere",
      resourceType: "user",
      resourceId: userId,
    });
  });
  return { ok: true };
}
