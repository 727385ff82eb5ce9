import { readFileSync } from "node:fs";
import { z } from "zod";

const serverUrl = z
  .string()
  .refine((value) => URL.canParse(value) && new URL(value).protocol === "https:", "Must be an https:// URL");

/** A text, or the path of a file that holds it. */
function textOrFile(begins: string, what: string) {
  return z.string().transform((value, ctx) => {
    if (value.trimStart().startsWith(begins)) return value;
    try {
      return readFileSync(value, "utf8");
    } catch {
      ctx.addIssue({ code: "custom", message: `Must be ${what}, or the path of a file that holds it` });
      return z.NEVER;
    }
  });
}

const serviceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
});

/** Who sends push notifications. What is not told is switched off. */
export const pushEnv = {
  FCM_SERVICE_ACCOUNT: textOrFile("{", "a service account as JSON")
    .transform((text, ctx) => {
      try {
        const { project_id, client_email, private_key } = serviceAccount.parse(JSON.parse(text));
        return { projectId: project_id, clientEmail: client_email, privateKey: private_key };
      } catch {
        ctx.addIssue({ code: "custom", message: "Must hold project_id, client_email and private_key" });
        return z.NEVER;
      }
    })
    .optional(),
  FCM_PROJECT_ID: z.string().min(1).optional(),
  FCM_ACCESS_TOKEN: z.string().min(1).optional(),
  FCM_SERVER: serverUrl.optional(),
  APNS_KEY: textOrFile("-----BEGIN", "a key as PEM").optional(),
  APNS_KEY_ID: z.string().min(1).optional(),
  APNS_TEAM_ID: z.string().min(1).optional(),
  APNS_TOPIC: z.string().min(1).optional(),
  APNS_SERVER: serverUrl.optional(),
  PUSH_CA: textOrFile("-----BEGIN", "a certificate as PEM").optional(),
};

export type PushEnv = z.infer<z.ZodObject<typeof pushEnv>>;

interface Rule {
  isKept: (env: PushEnv & { SANDBOX: boolean }) => boolean;
  error: { path: string[]; message: string };
}

/** What belongs together, and what the sandbox alone may say. */
export const pushRules: readonly Rule[] = [
  {
    isKept: ({ APNS_KEY, APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC }) =>
      APNS_KEY === undefined || [APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC].every((value) => value !== undefined),
    error: { path: ["APNS_KEY"], message: "Needs APNS_KEY_ID, APNS_TEAM_ID and APNS_TOPIC beside it" },
  },
  {
    isKept: ({ SANDBOX, FCM_ACCESS_TOKEN, FCM_SERVER, APNS_SERVER, PUSH_CA }) =>
      SANDBOX || [FCM_ACCESS_TOKEN, FCM_SERVER, APNS_SERVER, PUSH_CA].every((value) => value === undefined),
    error: {
      path: ["FCM_SERVER"],
      message: "FCM_ACCESS_TOKEN, FCM_SERVER, APNS_SERVER and PUSH_CA need SANDBOX=true",
    },
  },
  {
    isKept: ({ FCM_ACCESS_TOKEN, FCM_PROJECT_ID }) =>
      FCM_ACCESS_TOKEN === undefined || FCM_PROJECT_ID !== undefined,
    error: { path: ["FCM_ACCESS_TOKEN"], message: "Needs FCM_PROJECT_ID beside it" },
  },
];
