import { DomainError } from "@tocsin/contracts/errors";
import { isPermitted, type Permission } from "@tocsin/contracts/permissions";
import type { Transaction } from "@tocsin/db/client";
import type { Actor, Context } from "../context.ts";
import { lockDirectory } from "../directory/lock-directory.ts";
import { confirmSession } from "./confirm-session.ts";
import { permissionsOf } from "./load-account.ts";

/**
 * Who is asking, with what they may do now: nobody's rights change from here to the end of the transaction. Each verb
 * that gives or takes access begins with it and judges by what it returns, not by what was known as the request came in.
 * @throws DomainError UNAUTHENTICATED where the session has ended, UNAUTHORIZED_ROLE where `permission` is gone
 */
export async function confirmActor(tx: Transaction, ctx: Context, permission: Permission): Promise<Actor> {
  await lockDirectory(tx);
  const { actor } = ctx;
  if (actor.type === "system") return actor;
  // Keys hold no permission that gives or takes access: only users pass.
  const account = await confirmSession(tx, ctx);
  const permissions = permissionsOf(account);
  if (!isPermitted(permissions, permission)) {
    throw new DomainError("UNAUTHORIZED_ROLE", { detail: `This needs the permission ${permission}` });
  }
  return { type: "user", id: account.id, email: account.email, permissions };
}
