import { createRuleInputSchema, type CreateRuleInput, type Rule } from "@tocsin/contracts/api/rules";
import type { Database } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import type { Actor, Context } from "../context.ts";
import { bumpVersion } from "../directory/bump-version.ts";
import { createRule } from "../rules/create-rule.ts";

/** A role with these permissions. */
export async function givenRole(
  db: Database,
  name: string,
  permissions: readonly string[] = [],
): Promise<string> {
  const id = newId();
  await db.role.create({ data: { id, name, description: "", permissions: [...permissions] } });
  return id;
}

/** An active user who holds these roles. No login: the password hash is none. */
export async function givenUser(
  db: Database,
  roleIds: readonly string[],
  email = `${newId()}@example.com`,
): Promise<string> {
  const id = newId();
  await db.user.create({
    data: {
      id,
      email,
      passwordHash: "",
      status: "active",
      inbox: { create: {} },
      roles: { create: roleIds.map((roleId) => ({ roleId })) },
    },
  });
  await bumpVersion(db, "directory");
  return id;
}

/** The user as an actor who may do everything. */
export function actorOf(id: string, permissions: readonly string[] = ["*"]): Actor {
  return { type: "user", id, email: "someone@example.com", permissions };
}

/** A rule; what is not said has its default. */
export async function givenRule(
  ctx: Context,
  some: Pick<CreateRuleInput, "condition" | "targetRoles"> & Record<string, unknown>,
): Promise<Rule> {
  return createRule(ctx, createRuleInputSchema.parse({ name: "A rule", ...some }));
}

/** What tests are given services by. */
interface TestBed {
  services: { db: Database };
  contextOf: (actor: Actor) => Context;
}

/** Somebody without a role. */
export async function givenPerson(
  { services, contextOf }: TestBed,
  permissions?: readonly string[],
): Promise<Context> {
  return contextOf(actorOf(await givenUser(services.db, []), permissions));
}

/** Somebody who holds a role of their own with these permissions. */
export async function givenHolder(
  { services, contextOf }: TestBed,
  permissions: readonly string[],
): Promise<Context> {
  const role = await givenRole(services.db, `Role ${newId()}`, permissions);
  return contextOf(actorOf(await givenUser(services.db, [role]), permissions));
}

/** A rule for tests that write its alerts themselves. @returns its id */
export async function givenRuleOfAlerts({ services, contextOf }: TestBed): Promise<string> {
  const author = await givenUser(services.db, [await givenRole(services.db, "Operator")]);
  const content = { condition: 'event.type == "x"', targetRoles: ["Operator"] };
  return (await givenRule(contextOf(actorOf(author)), content)).id;
}
