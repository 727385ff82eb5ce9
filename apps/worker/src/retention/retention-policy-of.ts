import type { RetentionPolicy } from "@tocsin/core/retention/retention-policy";
import type { retentionEnv } from "@tocsin/platform/env-fields";
import type { z } from "zod";

/** The policy that an environment tells of. */
export function retentionPolicyOf(env: z.infer<z.ZodObject<typeof retentionEnv>>): RetentionPolicy {
  return {
    eventDays: env.RETENTION_EVENT_DAYS,
    deadLetterDays: env.RETENTION_DEAD_LETTER_DAYS,
    notificationDays: env.RETENTION_NOTIFICATION_DAYS,
    openAlertDays: env.RETENTION_OPEN_ALERT_DAYS,
    deliveryDays: env.RETENTION_DELIVERY_DAYS,
    deletionDays: env.RETENTION_DELETION_DAYS,
    sessionDays: env.RETENTION_SESSION_DAYS,
    dedupDays: env.RETENTION_DEDUP_DAYS,
    auditDays: env.RETENTION_AUDIT_DAYS,
  };
}
