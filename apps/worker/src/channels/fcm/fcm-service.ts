import { cert, type Credential } from "firebase-admin/app";
import { z } from "zod";
import { definePushService, serverAt, serverUrl, textOrFile } from "../push-service.ts";
import { createFcmChannel } from "./fcm-channel.ts";

const serviceAccount = z.object({
  project_id: z.string().min(1),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
});

const env = {
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
};

/** Firebase Cloud Messaging as the environment tells of it. */
export const fcmService = definePushService({
  env,
  rules: [
    {
      isKept: ({ FCM_ACCESS_TOKEN, FCM_PROJECT_ID }) =>
        FCM_ACCESS_TOKEN === undefined || FCM_PROJECT_ID !== undefined,
      error: { path: ["FCM_ACCESS_TOKEN"], message: "Needs FCM_PROJECT_ID beside it" },
    },
  ],
  sandboxOnly: ["FCM_ACCESS_TOKEN", "FCM_SERVER"],
  open(given) {
    const google = googleAccount(given);
    return google && createFcmChannel({ ...google, server: serverAt(given.FCM_SERVER, given.PUSH_CA) });
  },
});

function googleAccount(
  given: z.infer<z.ZodObject<typeof env>>,
): { projectId: string; credential: Credential } | undefined {
  const { FCM_SERVICE_ACCOUNT: account, FCM_ACCESS_TOKEN: token, FCM_PROJECT_ID: projectId } = given;
  if (account) return { projectId: projectId ?? account.projectId, credential: cert(account) };
  if (token === undefined || projectId === undefined) return undefined;
  const answer = { access_token: token, expires_in: 3_600 };
  return { projectId, credential: { getAccessToken: () => Promise.resolve(answer) } };
}
