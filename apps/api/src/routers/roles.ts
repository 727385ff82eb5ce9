import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  createRoleInputSchema,
  listRolesInputSchema,
  rolePageSchema,
  roleSchema,
  updateRoleInputSchema,
} from "@tocsin/contracts/api/roles";
import { createRole } from "@tocsin/core/roles/create-role";
import { deleteRole } from "@tocsin/core/roles/delete-role";
import { getRole } from "@tocsin/core/roles/get-role";
import { listRoles } from "@tocsin/core/roles/list-roles";
import { updateRole } from "@tocsin/core/roles/update-role";
import { z } from "zod";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Roles"];

export const rolesRouter = router({
  list: procedure("roles:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/roles",
        tags,
        summary: "List roles",
        description: "All roles with their permissions, oldest first.",
      },
    })
    .input(listRolesInputSchema)
    .output(rolePageSchema)
    .query(({ ctx, input }) => listRoles(ctx.verb, input)),

  get: procedure("roles:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/roles/{id}",
        tags,
        summary: "Get a role",
        description: "One role with its permissions.",
      },
    })
    .input(idParametersSchema)
    .output(roleSchema)
    .query(({ ctx, input }) => getRole(ctx.verb, input)),

  create: procedure("roles:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/roles",
        tags,
        summary: "Create a role",
        description: "Nobody grants a permission that they lack.",
      },
      successStatus: 201,
      location: "/roles/{id}",
    })
    .input(createRoleInputSchema)
    .output(roleSchema)
    .mutation(({ ctx, input }) => createRole(ctx.verb, input)),

  update: procedure("roles:manage")
    .meta({
      openapi: {
        method: "PUT",
        path: "/roles/{id}",
        tags,
        summary: "Change a role",
        description:
          "Replaces name, permissions and description. What the role allows counts from its holders' next request on.",
      },
    })
    .input(updateRoleInputSchema)
    .output(roleSchema)
    .mutation(({ ctx, input }) => updateRole(ctx.verb, input)),

  delete: procedure("roles:manage")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/roles/{id}",
        tags,
        summary: "Delete a role",
        description: "A role that nobody holds and no rule alerts.",
      },
      successStatus: 204,
    })
    .input(idParametersSchema)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteRole(ctx.verb, input)),
});
