import { DomainError } from "@tocsin/contracts/errors";
import type { Permission } from "@tocsin/contracts/permissions";
import type { Transaction } from "@tocsin/db/client";
import { confirmActor } from "../auth/confirm-actor.ts";
import type { Actor, Context } from "../context.ts";
import { bumpVersion } from "./bump-version.ts";

/**
 * Changes who may do what, and who is alerted. Such changes take turns: each sees what the one before did, so that of
 * two admins who disable each other one remains. Workers reload the directory at their next batch.
 * @param change is given who is asking, with what they may do now
 * @throws DomainError UNAUTHENTICATED, UNAUTHORIZED_ROLE where who is asking lost access or `permission` meanwhile;
 * LAST_ADMIN where nobody would be left who may do everything; whatever `change` throws
 */
export async function changeDirectory<Result>(
  tx: Transaction,
  ctx: Context,
  permission: Permission,
  change: (actor: Actor) => Promise<Result>,
): Promise<Result> {
  const actor = await confirmActor(tx, ctx, permission);
  await bumpVersion(tx, "directory");
  await ctx.sessionCache.announce("directory");
  const adminsBefore = await countAdmins(tx);
  const result = await change(actor);
  if (adminsBefore > 0 && (await countAdmins(tx)) === 0) throw new DomainError("LAST_ADMIN");
  return result;
}

/** Active users with a role that allows everything. */
async function countAdmins(tx: Transaction): Promise<number> {
  const roles = await tx.role.findMany({ select: { id: true, permissions: true } });
  const allPowerful = roles.filter(({ permissions }) => (permissions as string[]).includes("*"));
  return tx.user.count({
    where: { status: "active", roles: { some: { roleId: { in: allPowerful.map(({ id }) => id) } } } },
  });
}
