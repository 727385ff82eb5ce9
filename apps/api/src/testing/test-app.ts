import type { Context, Services } from "@tocsin/core/context";
import { issueSession } from "@tocsin/core/auth/issue-session";
import { loadAccount } from "@tocsin/core/auth/load-account";
import { newSessionTokens } from "@tocsin/core/auth/tokens";
import { givenRole, givenUser } from "@tocsin/core/testing/fixtures";
import { createTestServices } from "@tocsin/core/testing/test-services";
import { systemRoles } from "@tocsin/contracts/permissions";
import type { Express } from "express";
import { createApp } from "../app.ts";
import { type ApiEnv, apiEnvSchema } from "../env.ts";

export type RoleName = keyof typeof systemRoles;

/** A user of the test, logged in. */
export interface TestUser {
  id: string;
  accessToken: string;
  refreshToken: string;
}

/** The application on a database and a Redis of its own. */
export interface TestApp {
  app: Express;
  services: Services;
  /** A new active user with these roles. */
  login(...roles: readonly RoleName[]): Promise<TestUser>;
  close(): Promise<void>;
}

/** A complete environment; limits so high that no test meets them by chance. */
export function testEnv(some: Readonly<Record<string, string>> = {}): ApiEnv {
  return apiEnvSchema.parse({
    NODE_ENV: "test",
    DATABASE_URL: "mysql://nobody@127.0.0.1:1/none",
    REDIS_URL: "redis://127.0.0.1:1",
    JWT_SECRET: "a secret of this test, 32 bytes or more",
    PUSHER_APP_ID: "1",
    PUSHER_KEY: "key",
    PUSHER_SECRET: "secret-of-16-bytes-or-more",
    PUSHER_CLUSTER: "test",
    RATE_LIMIT_PER_MINUTE: "1000000",
    AUTH_RATE_LIMIT_PER_MINUTE: "100000",
    EVENT_RATE_LIMIT_PER_MINUTE: "1000000",
    ...some,
  });
}

/**
 * Starts the application over new services; the roles that every installation has are there, nothing else.
 * @param some what the services are made of instead of their own
 */
export async function createTestApp(
  env: Readonly<Record<string, string>> = {},
  some: Parameters<typeof createTestServices>[0] = {},
): Promise<TestApp> {
  const { services, contextOf, close } = await createTestServices(some);
  const roleIds = new Map<string, string>();
  for (const [name, { permissions }] of Object.entries(systemRoles)) {
    roleIds.set(name, await givenRole(services.db, name, permissions));
  }
  return {
    app: createApp({ env: testEnv(env), services, isStopping: () => false }),
    services,
    login: async (...roles) => {
      const ids = roles.flatMap((role) => roleIds.get(role) ?? []);
      return sessionOf(contextOf({ type: "anonymous" }), await givenUser(services.db, ids));
    },
    close,
  };
}

async function sessionOf(ctx: Context, userId: string): Promise<TestUser> {
  const account = await loadAccount(ctx.db, userId);
  if (!account) throw new Error("The user is not there");
  const session = await ctx.db.$transaction((tx) => issueSession(tx, ctx, account, newSessionTokens()));
  return { id: userId, accessToken: session.accessToken, refreshToken: session.refreshToken };
}
