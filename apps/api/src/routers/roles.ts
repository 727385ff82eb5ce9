import { listRolesInputSchema, rolePageSchema } from "@tocsin/contracts/api/roles";
import { listRoles } from "@tocsin/core/roles/list-roles";
import { procedure, router } from "../trpc/init.ts";

export const rolesRouter = router({
  list: procedure("roles:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/roles",
        tags: ["Roles"],
        summary: "List roles",
        description: "All roles with their permissions, oldest first.",
      },
    })
    .input(listRolesInputSchema)
    .output(rolePageSchema)
    .query(({ ctx, input }) => listRoles(ctx.verb, input)),
});
