import { z } from "zod";
import { emailSchema, currentUserSchema, phoneSchema, userStatusSchema } from "./users.ts";
import { idSchema, okSchema } from "./common.ts";
import { shown } from "./shown.ts";

/** Passwords: at least 12 bytes; beyond 72 bytes (bcrypt's limit) they are hashed first, so nothing is cut off. */
export const minimumPasswordBytes = 12;
export const maximumPasswordBytes = 1024;

const byteLength = (value: string) => new TextEncoder().encode(value).length;

export const newPasswordSchema = z
  .string()
  .refine(
    (value) => byteLength(value) >= minimumPasswordBytes,
    `Must have at least ${minimumPasswordBytes} bytes`,
  )
  .refine(
    (value) => byteLength(value) <= maximumPasswordBytes,
    `Must have at most ${maximumPasswordBytes} bytes`,
  )
  .describe("A password of 12 to 1,024 bytes; common ones are refused")
  .meta({ examples: ["correct horse battery staple"] });

export const registerInputSchema = z.strictObject({
  email: emailSchema,
  password: newPasswordSchema,
  phone: phoneSchema.optional(),
});
export type RegisterInput = z.infer<typeof registerInputSchema>;

export const registeredSchema = z
  .object({
    id: idSchema,
    email: z
      .string()
      .describe("The e-mail address")
      .meta({ examples: ["ada@example.com"] }),
    status: userStatusSchema.meta({ examples: ["pending"] }),
  })
  .meta({ id: "Registered", description: "The registration was taken; an admin will look at it" });
export type Registered = z.infer<typeof registeredSchema>;

export const loginInputSchema = z.strictObject({
  email: emailSchema,
  password: z
    .string()
    .min(1)
    .max(maximumPasswordBytes)
    .describe("The password")
    .meta({ examples: ["correct horse battery staple"] }),
});
export type LoginInput = z.infer<typeof loginInputSchema>;

const refreshTokenSchema = z
  .string()
  .min(1)
  .max(200)
  .describe("The refresh token of the last login or refresh; works once")
  .meta({ examples: ["b3BhcXVlLXJlZnJlc2gtdG9rZW4"] });

export const refreshInputSchema = z.strictObject({ refreshToken: refreshTokenSchema });
export type RefreshInput = z.infer<typeof refreshInputSchema>;

export const logoutInputSchema = z.strictObject({
  refreshToken: refreshTokenSchema,
  deviceId: idSchema.optional().describe("The device that is to get no push notifications any more"),
});
export type LogoutInput = z.infer<typeof logoutInputSchema>;

export const loggedOutSchema = okSchema.extend({
  device: z
    .enum(["logged_out", "not_found"])
    .optional()
    .describe(
      "What became of the device that was named: not_found where the user of the session has none of that id in use, " +
        "or the session is not known. Absent where none was named",
    ),
});
export type LoggedOut = z.infer<typeof loggedOutSchema>;

export const sessionSchema = z
  .object({
    accessToken: z
      .string()
      .describe("Send as Authorization: Bearer …")
      .meta({ examples: ["eyJhbGciOiJIUzI1NiJ9.e30.signature"] }),
    refreshToken: shown(refreshTokenSchema),
    expiresIn: z
      .int()
      .describe("How long the access token lives, in seconds")
      .meta({ examples: [900] }),
    user: currentUserSchema,
  })
  .meta({ id: "Session", description: "A login's tokens and who they belong to" });
export type Session = z.infer<typeof sessionSchema>;

export const changePasswordInputSchema = z.strictObject({
  currentPassword: z
    .string()
    .min(1)
    .max(maximumPasswordBytes)
    .describe("The password as it is")
    .meta({ examples: ["correct horse battery staple"] }),
  newPassword: newPasswordSchema,
});
export type ChangePasswordInput = z.infer<typeof changePasswordInputSchema>;

export const resetPasswordInputSchema = z.strictObject({
  token: z
    .string()
    .min(1)
    .max(200)
    .describe("The token that an admin was given for the user")
    .meta({ examples: ["b25lLXRpbWUtdG9rZW4"] }),
  newPassword: newPasswordSchema,
});
export type ResetPasswordInput = z.infer<typeof resetPasswordInputSchema>;
