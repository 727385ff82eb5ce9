import {
  approveUserInputSchema,
  currentUserSchema,
  listPendingUsersInputSchema,
  listUsersInputSchema,
  pusherAuthInputSchema,
  pusherAuthSchema,
  userPageSchema,
  userSchema,
} from "@tocsin/contracts/api/users";
import { authorizeChannel } from "@tocsin/core/realtime/authorize-channel";
import { approveUser } from "@tocsin/core/users/approve-user";
import { getCurrentUser } from "@tocsin/core/users/get-current-user";
import { listUsers } from "@tocsin/core/users/list-users";
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
    .output(currentUserSchema)
    .query(({ ctx }) => getCurrentUser(ctx.verb)),

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
});
