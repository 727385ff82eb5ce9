import { z } from "zod";
import { definePushService, serverAt, serverUrl, textOrFile } from "../push-service.ts";
import { createApnsChannel } from "./apns-channel.ts";

/** The Apple Push Notification service as the environment tells of it. */
export const apnsService = definePushService({
  env: {
    APNS_KEY: textOrFile("-----BEGIN", "a key as PEM").optional(),
    APNS_KEY_ID: z.string().min(1).optional(),
    APNS_TEAM_ID: z.string().min(1).optional(),
    APNS_TOPIC: z.string().min(1).optional(),
    APNS_SERVER: serverUrl.optional(),
  },
  rules: [
    {
      isKept: ({ APNS_KEY, APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC }) =>
        APNS_KEY === undefined ||
        [APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC].every((value) => value !== undefined),
      error: { path: ["APNS_KEY"], message: "Needs APNS_KEY_ID, APNS_TEAM_ID and APNS_TOPIC beside it" },
    },
  ],
  sandboxOnly: ["APNS_SERVER"],
  open({ APNS_KEY: key, APNS_KEY_ID: keyId, APNS_TEAM_ID: teamId, APNS_TOPIC: topic, ...given }) {
    const isGiven = key !== undefined && keyId !== undefined && teamId !== undefined && topic !== undefined;
    if (!isGiven) return undefined;
    return createApnsChannel({
      key,
      keyId,
      teamId,
      topic,
      server: serverAt(given.APNS_SERVER, given.PUSH_CA),
    });
  },
});
