import { newId } from "@tocsin/db/ids";
import type { Database, Prisma, Transaction } from "@tocsin/db/client";
import type { Actor, Context } from "../context.ts";

/** What happened to what. */
export interface AuditEntry {
  action: AuditAction;
  resourceType:
    | "user"
    | "session"
    | "role"
    | "rule"
    | "notification"
    | "dead_letter"
    | "silence"
    | "api_key"
    | "transfer_bucket"
    | "device"
    | "sound";
  resourceId?: string;
  metadata?: Prisma.InputJsonObject;
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
  /** Who did it, where that is not the actor of the call: at login nobody is logged in yet. */
  userId?: string;
}

export type AuditAction =
  | "auth.registered"
  | "auth.registration_ignored"
  | "auth.logged_in"
  | "auth.login_failed"
  | "auth.refreshed"
  | "auth.refresh_failed"
  | "auth.refresh_token_reused"
  | "auth.logged_out"
  | "auth.logged_out_everywhere"
  | "auth.password_changed"
  | "auth.password_change_failed"
  | "auth.password_reset"
  | "auth.password_reset_failed"
  | "user.approved"
  | "user.rejected"
  | "user.disabled"
  | "user.enabled"
  | "user.roles_changed"
  | "user.updated"
  | "user.password_reset_allowed"
  | "silence.created"
  | "silence.updated"
  | "silence.ended"
  | "api_key.created"
  | "api_key.rotated"
  | "api_key.revoked"
  | "role.created"
  | "role.updated"
  | "role.deleted"
  | "dead_letter.redriven"
  | "dead_letter.discarded"
  | "rule.created"
  | "rule.updated"
  | "rule.rolled_back"
  | "rule.deleted"
  | "transfer_bucket.created"
  | "transfer_bucket.threshold_changed"
  | "transfer_bucket.balance_set"
  | "transfer_bucket.balance_adjusted"
  | "notification.acknowledged"
  | "notification.delivered"
  | "notification.delivery_failed"
  | "notification.escalated"
  | "notification.escalation_ended"
  | "device.registered"
  | "device.disabled"
  | "preferences.changed"
  | "drill.started"
  | "sound.uploaded"
  | "sound.deleted";

/** Who did it, as the log tells. */
export function describeActor(actor: Actor): {
  actorType: Actor["type"];
  actorLabel: string | null;
  userId: string | null;
} {
  switch (actor.type) {
    case "user":
      return { actorType: "user", actorLabel: actor.email, userId: actor.id };
    case "api_key":
      return { actorType: "api_key", actorLabel: actor.label, userId: null };
    case "system":
      return { actorType: "system", actorLabel: actor.label, userId: null };
    case "anonymous":
      return { actorType: "anonymous", actorLabel: null, userId: null };
  }
}

/** Writes one line of the audit log; pass the transaction of the change that it tells of. */
export async function recordAudit(
  db: Pick<Database, "auditLog"> | Transaction,
  ctx: Context,
  entry: AuditEntry,
): Promise<void> {
  const { action, resourceType, resourceId, metadata, before, after } = entry;
  const actor = describeActor(ctx.actor);
  await db.auditLog.create({
    data: {
      id: newId(),
      action,
      ...actor,
      userId: entry.userId ?? actor.userId,
      resourceType,
      resourceId: resourceId ?? null,
      ...(metadata !== undefined && { metadata }),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      requestId: ctx.request.id,
      ip: ctx.request.ip,
      timestamp: ctx.clock(),
    },
  });
}
