import { z } from "zod";
import { grantedPermissionSchema } from "../permissions.ts";
import { pushTokensSchema } from "./devices.ts";
import { idSchema, instantSchema, pageOf, pageQueryFields, roleNameSchema, text } from "./common.ts";

export const userStatusSchema = z
  .enum(["unverified", "pending", "active", "disabled", "rejected"])
  .describe("Only active users log in and are alerted")
  .meta({ examples: ["active"] });

export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(255)
  .pipe(z.email())
  .describe("An e-mail address; stored in lower case")
  .meta({ examples: ["ada@example.com"] });

export const phoneSchema = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, "Must be an E.164 number such as +4915112345678")
  .describe("A phone number (E.164)")
  .meta({ examples: ["+4915112345678"] });

export const userSchema = z
  .object({
    id: idSchema,
    email: z
      .string()
      .describe("The e-mail address")
      .meta({ examples: ["ada@example.com"] }),
    phone: z
      .string()
      .nullable()
      .describe("The phone number (E.164)")
      .meta({ examples: ["+4915112345678"] }),
    status: userStatusSchema,
    roles: z
      .array(z.string())
      .describe("The names of the user's roles")
      .meta({ examples: [["Operator"]] }),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: "User", description: "A person who may hold roles and be alerted" });

export type User = z.infer<typeof userSchema>;

export const currentUserSchema = userSchema
  .extend({ permissions: z.array(grantedPermissionSchema).describe("What the user's roles allow, together") })
  .meta({ id: "CurrentUser", description: "The user who is asking, with what they may do" });

export type CurrentUser = z.infer<typeof currentUserSchema>;

export const profileSchema = currentUserSchema
  .extend({
    pushTokens: pushTokensSchema,
    devicesToProve: z
      .int()
      .describe(
        "How many of the user's devices are told only that there is an alert, not what it says, until their app registers again or refreshes its session",
      )
      .meta({ examples: [0] }),
    pusherChannels: z
      .array(z.string())
      .describe("The channels on which the user has a screen open, as far as is known")
      .meta({ examples: [["private-user-0198c0de-0000-7000-8000-000000000000"]] }),
  })
  .meta({ id: "Profile", description: "The user who is asking, with how they are reached" });

export type Profile = z.infer<typeof profileSchema>;

export const listUsersInputSchema = z.strictObject({
  ...pageQueryFields,
  status: userStatusSchema.optional(),
  role: roleNameSchema.optional().describe("Only holders of this role"),
  text: text(255)
    .toLowerCase()
    .optional()
    .describe("Only those whose e-mail address begins with this, in capitals or not")
    .meta({ examples: ["ada"] }),
});
export type ListUsersInput = z.infer<typeof listUsersInputSchema>;

export const listPendingUsersInputSchema = z.strictObject({ ...pageQueryFields });
export const userPageSchema = pageOf(userSchema).meta({ id: "UserPage", description: "A page of users" });

const rolesOfUserSchema = z
  .array(roleNameSchema)
  .min(1)
  .max(20)
  .refine((names) => new Set(names).size === names.length, "Must not name a role twice")
  .describe("The roles that the user gets")
  .meta({ examples: [["Operator"]] });

export const setUserRolesInputSchema = z.strictObject({ id: idSchema, roles: rolesOfUserSchema });
export type SetUserRolesInput = z.infer<typeof setUserRolesInputSchema>;

export const updateMeInputSchema = z.strictObject({
  phone: phoneSchema.nullable().optional().describe("The phone number (E.164); null removes it"),
});
export type UpdateMeInput = z.infer<typeof updateMeInputSchema>;

export const passwordResetSchema = z
  .object({
    token: z
      .string()
      .describe("Give this to the user, who sets a new password with it; shown once, works once")
      .meta({ examples: ["b25lLXRpbWUtdG9rZW4"] }),
    expiresAt: instantSchema.describe("Until when it works"),
  })
  .meta({ id: "PasswordReset", description: "Leave to set a new password" });
export type PasswordReset = z.infer<typeof passwordResetSchema>;

export const approveUserInputSchema = z.strictObject({ id: idSchema, roles: rolesOfUserSchema });
export type ApproveUserInput = z.infer<typeof approveUserInputSchema>;

const socketIdSchema = z
  .string()
  .regex(/^\d+\.\d+$/, "Must be the socket id that Pusher gave, such as 1234.5678")
  .max(50)
  .describe("The id of the Pusher connection")
  .meta({ examples: ["1234.5678"] });

export const pusherAuthInputSchema = z.strictObject({
  socket_id: socketIdSchema,
  channel_name: z
    .string()
    .min(1)
    .max(200)
    .describe("The channel to join: private-user-{your id}")
    .meta({ examples: ["private-user-0198c0de-0000-7000-8000-000000000000"] }),
});
export type PusherAuthInput = z.infer<typeof pusherAuthInputSchema>;

export const pusherAuthSchema = z
  .object({
    auth: z
      .string()
      .describe("The signature, as pusher-js expects it")
      .meta({ examples: ["key:signature"] }),
  })
  .meta({ id: "PusherAuth", description: "Leave to join a private channel" });

export const pusherUserAuthInputSchema = z.strictObject({ socket_id: socketIdSchema });
export type PusherUserAuthInput = z.infer<typeof pusherUserAuthInputSchema>;

export const pusherUserAuthSchema = z
  .object({
    auth: z
      .string()
      .describe("The signature, as pusher-js expects it")
      .meta({ examples: ["key:signature"] }),
    user_data: z
      .string()
      .describe("Who signs in, as JSON")
      .meta({ examples: ['{"id":"0198c0de-0000-7000-8000-000000000000"}'] }),
  })
  .meta({ id: "PusherUserAuth", description: "Leave to sign in on a Pusher connection" });
export type PusherUserAuth = z.infer<typeof pusherUserAuthSchema>;
