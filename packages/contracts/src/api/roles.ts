import { z } from "zod";
import { grantedPermissionSchema } from "../permissions.ts";
import { idSchema, instantSchema, optionalText, pageOf, pageQueryFields, roleNameSchema } from "./common.ts";

export const roleSchema = z
  .object({
    id: idSchema,
    name: z
      .string()
      .describe("The name")
      .meta({ examples: ["Operator"] }),
    permissions: z
      .array(grantedPermissionSchema)
      .describe("What holders of the role may do")
      .meta({ examples: [["rules:read"]] }),
    description: z
      .string()
      .describe("What the role is for")
      .meta({ examples: ["Is alerted and reacts"] }),
    system: z
      .boolean()
      .describe("System roles cannot be changed or deleted")
      .meta({ examples: [true] }),
    createdAt: instantSchema,
  })
  .meta({ id: "Role", description: "A named set of permissions" });
export type Role = z.infer<typeof roleSchema>;

export const listRolesInputSchema = z.strictObject({ ...pageQueryFields });
export type ListRolesInput = z.infer<typeof listRolesInputSchema>;
export const rolePageSchema = pageOf(roleSchema).meta({ id: "RolePage", description: "A page of roles" });

const roleFields = {
  name: roleNameSchema,
  permissions: z
    .array(grantedPermissionSchema)
    .max(100)
    .refine((names) => new Set(names).size === names.length, "Must not name a permission twice")
    .describe("What holders of the role may do; nobody grants a permission that they lack")
    .meta({ examples: [["rules:read", "notifications:read"]] }),
  description: optionalText(2000)
    .default("")
    .describe("What the role is for")
    .meta({ examples: ["Looks after transfers at night"] }),
};

export const createRoleInputSchema = z.strictObject(roleFields);
export type CreateRoleInput = z.infer<typeof createRoleInputSchema>;

export const updateRoleInputSchema = z.strictObject({ id: idSchema, ...roleFields });
export type UpdateRoleInput = z.infer<typeof updateRoleInputSchema>;
