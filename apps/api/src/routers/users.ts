import { changePasswordInputSchema, sessionSchema } from "@tocsin/contracts/api/auth";
import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  approveUserInputSchema,
  listPendingUsersInputSchema,
  listUsersInputSchema,
  passwordResetSchema,
  profileSchema,
  pusherAuthInputSchema,
  pusherAuthSchema,
  pusherUserAuthInputSchema,
  pusherUserAuthSchema,
  setUserRolesInputSchema,
  updateMeInputSchema,
  userPageSchema,
  userSchema,
} from "@tocsin/contracts/api/users";
import { preferencesSchema, updatePreferencesInputSchema } from "@tocsin/contracts/api/preferences";
import { getPreferences } from "@tocsin/core/preferences/get-preferences";
import { updatePreferences } from "@tocsin/core/preferences/update-preferences";
import { allowPasswordReset } from "@tocsin/core/auth/allow-password-reset";
import { changePassword } from "@tocsin/core/auth/change-password";
import { authenticateConnection } from "@tocsin/core/realtime/authenticate-connection";
import { authorizeChannel } from "@tocsin/core/realtime/authorize-channel";
import { approveUser } from "@tocsin/core/users/approve-user";
import { changeUserStatus } from "@tocsin/core/users/change-user-status";
import { getCurrentUser } from "@tocsin/core/users/get-current-user";
import { getUser } from "@tocsin/core/users/get-user";
import { listUsers } from "@tocsin/core/users/list-users";
import { setUserRoles } from "@tocsin/core/users/set-user-roles";
import { updateCurrentUser } from "@tocsin/core/users/update-current-user";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Users"];

export const usersRouter = router({
  list: procedure("users:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/users",
        tags,
        summary: "List users",
        description: "All users, oldest first, or those in one state.",
      },
    })
    .input(listUsersInputSchema)
    .output(userPageSchema)
    .query(({ ctx, input }) => listUsers(ctx.verb, input)),

  listPending: procedure("users:manage")
    .meta({
      openapi: {
        method: "GET",
        path: "/users/pending",
        tags,
        summary: "List users who wait for approval",
        description: "Registered users that no admin has decided on yet, oldest first.",
      },
    })
    .input(listPendingUsersInputSchema)
    .output(userPageSchema)
    .query(({ ctx, input }) => listUsers(ctx.verb, { ...input, status: "pending" })),

  approve: procedure("users:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/{id}/approve",
        tags,
        summary: "Approve a user",
        description:
          "Lets a pending or unverified user in, with roles. Nobody grants a permission that they lack.",
      },
    })
    .input(approveUserInputSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => approveUser(ctx.verb, input)),

  reject: procedure("users:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/{id}/reject",
        tags,
        summary: "Turn a registration down",
        description: "A pending or unverified user is not let in.",
      },
    })
    .input(idParametersSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => changeUserStatus(ctx.verb, { ...input, change: "reject" })),

  disable: procedure("users:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/{id}/disable",
        tags,
        summary: "Disable a user",
        description: "Keeps an active user out from their next request on, and alerts them no more.",
      },
    })
    .input(idParametersSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => changeUserStatus(ctx.verb, { ...input, change: "disable" })),

  enable: procedure("users:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/{id}/enable",
        tags,
        summary: "Enable a user",
        description: "Lets a disabled user in again, with the roles that they had.",
      },
    })
    .input(idParametersSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => changeUserStatus(ctx.verb, { ...input, change: "enable" })),

  setRoles: procedure("users:manage")
    .meta({
      openapi: {
        method: "PUT",
        path: "/users/{id}/roles",
        tags,
        summary: "Set a user's roles",
        description: "These roles and no others. Nobody grants a permission that they lack.",
      },
    })
    .input(setUserRolesInputSchema)
    .output(userSchema)
    .mutation(({ ctx, input }) => setUserRoles(ctx.verb, input)),

  allowPasswordReset: procedure("users:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/{id}/password-reset",
        tags,
        summary: "Let a user set a new password",
        description:
          "Gives a token to hand to the user, who sets a new password with it at /auth/reset-password. It works once, for a day.",
      },
      successStatus: 201,
      answerIsNotKept: true,
    })
    .input(idParametersSchema)
    .output(passwordResetSchema)
    .mutation(({ ctx, input }) => allowPasswordReset(ctx.verb, input)),

  me: procedure("authenticated")
    .meta({
      openapi: {
        method: "GET",
        path: "/users/me",
        tags,
        summary: "Who am I",
        description: "The caller, with roles and permissions.",
      },
    })
    .output(profileSchema)
    .query(({ ctx }) => getCurrentUser(ctx.verb)),

  updateMe: procedure("authenticated")
    .meta({
      openapi: {
        method: "PUT",
        path: "/users/me",
        tags,
        summary: "Change one's own profile",
        description: "Roles, state and e-mail address are not among what one changes oneself.",
      },
    })
    .input(updateMeInputSchema)
    .output(profileSchema)
    .mutation(({ ctx, input }) => updateCurrentUser(ctx.verb, input)),

  changePassword: procedure("authenticated")
    .meta({
      openapi: {
        method: "PUT",
        path: "/users/me/password",
        tags,
        summary: "Change one's own password",
        description: "Every session ends, the caller's too: the answer is a new one.",
      },
    })
    .input(changePasswordInputSchema)
    .output(sessionSchema)
    .mutation(({ ctx, input }) => changePassword(ctx.verb, input)),

  preferences: procedure("authenticated")
    .meta({
      openapi: {
        method: "GET",
        path: "/users/me/preferences",
        tags,
        summary: "Read my preferences",
        description: "When the caller wants to be left alone.",
      },
    })
    .output(preferencesSchema)
    .query(({ ctx }) => getPreferences(ctx.verb)),

  updatePreferences: procedure("authenticated")
    .meta({
      openapi: {
        method: "PUT",
        path: "/users/me/preferences",
        tags,
        summary: "Change my preferences",
        description:
          "When the caller wants to be left alone, from the next alert on; fields that are not given stay as they are. Critical alerts always interrupt, and every alert is in the inbox at once.",
      },
    })
    .input(updatePreferencesInputSchema)
    .output(preferencesSchema)
    .mutation(({ ctx, input }) => updatePreferences(ctx.verb, input)),

  pusherAuth: procedure("authenticated")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/me/pusher-auth",
        tags,
        summary: "Join one's private channel",
        description:
          "Signs private-user-{your id} for a Pusher connection, and no other channel. Takes JSON or a form, as pusher-js sends it; GET with the same fields does the same.",
        contentTypes: ["application/json", "application/x-www-form-urlencoded"],
      },
      formAndQuery: true,
    })
    .input(pusherAuthInputSchema)
    .output(pusherAuthSchema)
    .mutation(({ ctx, input }) => authorizeChannel(ctx.verb, input)),

  pusherUserAuth: procedure("authenticated")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/me/pusher-user-auth",
        tags,
        summary: "Sign in on a Pusher connection",
        description:
          "Signs the caller in on a Pusher connection, so that it ends with their access. Takes JSON or a form, as pusher-js sends it; GET with the same field does the same.",
        contentTypes: ["application/json", "application/x-www-form-urlencoded"],
      },
      formAndQuery: true,
    })
    .input(pusherUserAuthInputSchema)
    .output(pusherUserAuthSchema)
    .mutation(({ ctx, input }) => authenticateConnection(ctx.verb, input)),

  get: procedure("users:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/users/{id}",
        tags,
        summary: "Get a user",
        description: "One user.",
      },
    })
    .input(idParametersSchema)
    .output(userSchema)
    .query(({ ctx, input }) => getUser(ctx.verb, input)),
});
