import type { NotificationExplanation, ReportedRecipient } from "@tocsin/contracts/api/delivery-reports";
import { DomainError } from "@tocsin/contracts/errors";
import { type Context, currentUserId } from "../context.ts";
import type { HeldReason } from "../interruptions/why-held.ts";
import { loadRecipientReports } from "./load-recipient-reports.ts";

const heldReasons = {
  muted_rule: "It came without a sound: you muted its rule",
  below_priority: "It came without a sound: it weighs less than you ask for in your preferences",
  quiet_hours: "It came without a sound: it was in your quiet hours; a summary tells of it afterwards",
  rate_limited:
    "It came without a sound: you had been interrupted too often within a minute; a summary tells of it",
} as const satisfies Record<HeldReason, string>;

/**
 * How one of the caller's notifications came to them, and why so.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function explainNotification(
  ctx: Context,
  { id }: { id: string },
): Promise<NotificationExplanation> {
  const copy = await ctx.db.notificationRecipient.findUnique({
    where: { userId_notificationId: { userId: currentUserId(ctx), notificationId: id }, deletedAt: null },
  });
  const [report] = copy ? await loadRecipientReports(ctx.db, id, [copy]) : [];
  if (!copy || !report) throw new DomainError("NOTIFICATION_NOT_FOUND");
  const isDecided = report.heldReason !== null || report.screen !== "pending" || report.devices.length > 0;
  const interrupted = isDecided ? "interrupted" : "undecided";
  return {
    notificationId: id,
    interruption: report.heldReason === null ? interrupted : "held",
    heldReason: report.heldReason,
    why: describe(report, isDecided),
    steps: stepsOf(report, copy.createdAt.toISOString()),
    report,
  };
}

function describe({ heldReason }: ReportedRecipient, isDecided: boolean): string {
  if (heldReason !== null) return heldReasons[heldReason as HeldReason];
  return isDecided
    ? "You were interrupted: nothing in your preferences was against it"
    : "It is in your inbox; its delivery has not begun, or was not needed";
}

function stepsOf(report: ReportedRecipient, createdAt: string): NotificationExplanation["steps"] {
  const steps: { at: string | null; what: string }[] = [
    { at: createdAt, what: "It was put into your inbox" },
    { at: report.reachedAt, what: "A provider took it for you" },
    ...report.devices.map(({ platform, sentAt }) => ({
      at: sentAt,
      what: `It was pushed to a phone (${platform})`,
    })),
    { at: report.receivedAt, what: "A device of yours got it" },
    { at: report.displayedAt, what: "A device of yours showed it" },
    { at: report.soundedAt, what: "A device of yours played its sound" },
    { at: report.readAt, what: "You read it" },
    { at: report.acknowledgedAt, what: "You acknowledged it" },
  ];
  return steps
    .flatMap(({ at, what }) => (at === null ? [] : [{ at, what }]))
    .toSorted((a, b) => a.at.localeCompare(b.at));
}
