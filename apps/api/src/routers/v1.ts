import { router } from "../trpc/init.ts";
import { apiKeysRouter } from "./api-keys.ts";
import { auditRouter } from "./audit.ts";
import { authRouter } from "./auth.ts";
import { configRouter } from "./config.ts";
import { deadLettersRouter } from "./dead-letters.ts";
import { devicesRouter } from "./devices.ts";
import { drillsRouter } from "./drills.ts";
import { eventsRouter } from "./events.ts";
import { notificationsRouter } from "./notifications.ts";
import { rolesRouter } from "./roles.ts";
import { rulesRouter } from "./rules.ts";
import { silencesRouter } from "./silences.ts";
import { soundsRouter } from "./sounds.ts";
import { systemRouter } from "./system.ts";
import { transferBucketsRouter } from "./transfer-buckets.ts";
import { usersRouter } from "./users.ts";
import { webhooksRouter } from "./webhooks.ts";

/** Version 1 of the API: served as REST at /api/v1 and to the typed client at /trpc. */
export const v1Router = router({
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  auth: authRouter,
  config: configRouter,
  deadLetters: deadLettersRouter,
  devices: devicesRouter,
  drills: drillsRouter,
  events: eventsRouter,
  notifications: notificationsRouter,
  roles: rolesRouter,
  rules: rulesRouter,
  silences: silencesRouter,
  sounds: soundsRouter,
  system: systemRouter,
  transferBuckets: transferBucketsRouter,
  users: usersRouter,
  webhooks: webhooksRouter,
});

export type AppRouter = typeof v1Router;
