import {
  type ChangeNotificationsInput,
  type ChangedNotifications,
  maximumChanges,
} from "@tocsin/contracts/api/notifications";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import { type Context, currentUserId } from "../context.ts";
import type { CopyVerb } from "./change-copies.ts";
import { changeOwnCopies } from "./change-own-copies.ts";

type BulkVerb = Exclude<CopyVerb, "delete">;

const openCondition = {
  read: "readAt IS NULL",
  acknowledge: "acknowledgedAt IS NULL",
  archive: "TRUE",
} as const satisfies Record<BulkVerb, string>;

/**
 * Does the same with many of the caller's notifications, in one transaction: with those named, or with all that the
 * caller can have seen, so many a call. What is archived is left alone unless it is named.
 * @returns what came of each, and whether there is more to do
 * @throws DomainError VALIDATION_FAILED
 */
export async function changeNotifications(
  ctx: Context,
  input: ChangeNotificationsInput,
  verb: BulkVerb,
): Promise<ChangedNotifications> {
  refuseAnythingButOne(input);
  if (input.ids !== undefined) {
    return { items: await changeOwnCopies(ctx, [...new Set(input.ids)], verb), more: false };
  }
  const rows = await ctx.pool.query<{ notificationId: string }[]>(
    `SELECT notificationId FROM notification_recipient
      WHERE userId = ? AND ${openCondition[verb]} AND archivedAt IS NULL AND deletedAt IS NULL
        AND seq <= ? ORDER BY notificationId LIMIT ?`,
    [currentUserId(ctx), input.upTo ?? Number.MAX_SAFE_INTEGER, maximumChanges + 1],
  );
  const ids = rows.slice(0, maximumChanges).map(({ notificationId }) => notificationId);
  return { items: await changeOwnCopies(ctx, ids, verb), more: rows.length > maximumChanges };
}

function refuseAnythingButOne({ ids, upTo, all }: ChangeNotificationsInput): void {
  const given = Object.entries({ ids, upTo, all }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  const [first, second] = given;
  if (first === undefined) throw invalidAt([], "Give ids, upTo or all", "missing");
  if (second !== undefined)
    throw invalidAt([second], `Not together with ${first}: give one of them`, "too_many");
}
