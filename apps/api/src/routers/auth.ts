import {
  loggedOutSchema,
  loginInputSchema,
  logoutInputSchema,
  refreshInputSchema,
  registeredSchema,
  registerInputSchema,
  resetPasswordInputSchema,
  sessionSchema,
} from "@tocsin/contracts/api/auth";
import { okSchema } from "@tocsin/contracts/api/common";
import { login } from "@tocsin/core/auth/login";
import { logout } from "@tocsin/core/auth/logout";
import { logoutEverywhere } from "@tocsin/core/auth/logout-everywhere";
import { refreshSession } from "@tocsin/core/auth/refresh-session";
import { register } from "@tocsin/core/auth/register";
import { resetPassword } from "@tocsin/core/auth/reset-password";
import { z } from "zod";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Auth"];

export const authRouter = router({
  register: procedure("public")
    .meta({
      limit: "auth",
      openapi: {
        method: "POST",
        path: "/auth/register",
        tags,
        summary: "Register",
        description:
          "Asks for an account; an admin approves it. The answer is the same whether the address is taken or not.",
      },
      successStatus: 201,
    })
    .input(registerInputSchema)
    .output(registeredSchema)
    .mutation(({ ctx, input }) => register(ctx.verb, input)),

  login: procedure("public")
    .meta({
      limit: "auth",
      openapi: {
        method: "POST",
        path: "/auth/login",
        tags,
        summary: "Log in",
        description: "Gives an access token and a refresh token. Only active users log in.",
      },
    })
    .input(loginInputSchema)
    .output(sessionSchema)
    .mutation(({ ctx, input }) => login(ctx.verb, input)),

  refresh: procedure("public")
    .meta({
      limit: "session",
      openapi: {
        method: "POST",
        path: "/auth/refresh",
        tags,
        summary: "Renew a session",
        description: "Exchanges a refresh token for new tokens. It works once; used twice, the session ends.",
      },
    })
    .input(refreshInputSchema)
    .output(sessionSchema)
    .mutation(({ ctx, input }) => refreshSession(ctx.verb, input)),

  logout: procedure("public")
    .meta({
      limit: "session",
      openapi: {
        method: "POST",
        path: "/auth/logout",
        tags,
        summary: "Log out",
        description:
          "Ends the session of the refresh token; its access token stops working at the next call. " +
          "The session is over also where the named device was not found.",
      },
    })
    .input(logoutInputSchema)
    .output(loggedOutSchema)
    .mutation(({ ctx, input }) => logout(ctx.verb, input)),

  logoutEverywhere: procedure("authenticated")
    .meta({
      openapi: {
        method: "POST",
        path: "/auth/logout-everywhere",
        tags,
        summary: "Log out everywhere",
        description: "Ends every session of the caller, this one too.",
      },
    })
    .output(okSchema)
    .mutation(({ ctx }) => logoutEverywhere(ctx.verb)),

  resetPassword: procedure("public")
    .meta({
      limit: "auth",
      openapi: {
        method: "POST",
        path: "/auth/reset-password",
        tags,
        summary: "Set a new password",
        description: "With the token that an admin handed over. It works once; every session ends.",
      },
      successStatus: 204,
    })
    .input(resetPasswordInputSchema)
    .output(z.void())
    .mutation(({ ctx, input }) => resetPassword(ctx.verb, input)),
});
