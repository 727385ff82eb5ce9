import type { Profile } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { loadAccount } from "../auth/load-account.ts";
import { type Context, currentUserId } from "../context.ts";
import { loadProfile } from "./load-profile.ts";

/** The user who is asking. */
export async function getCurrentUser(ctx: Context): Promise<Profile> {
  const account = await loadAccount(ctx.db, currentUserId(ctx));
  if (!account) throw new DomainError("UNAUTHENTICATED");
  return loadProfile(ctx, account);
}
