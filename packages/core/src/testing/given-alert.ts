import { newId } from "@tocsin/db/ids";
import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import { type Context, currentUserId } from "../context.ts";
import { anyone } from "../pipeline/audience.ts";
import type { NewNotification } from "../pipeline/new-notification.ts";
import { writeNotifications } from "../pipeline/write-notifications.ts";
import { writeRecipients } from "../pipeline/write-recipients.ts";

type SomeOfAlert = Pick<NewNotification, "ruleId"> & Partial<NewNotification>;

/** An alert that is not written yet; what is not said has its default. */
export function alertOfTest(recipients: readonly string[], some: SomeOfAlert): NewNotification {
  const id = newId();
  return {
    ...{ id, ruleVersion: 1, kind: "alert", sourceKey: id, eventId: null, dedupHash: null },
    ...{ title: "t", message: "m", truncated: false, sound: null, action: null },
    ...{ priority: 3, occurrences: 1, expiresAt: null, over: null },
    ...{ ackPolicy: "any", ackTimeoutSeconds: null, recipients, ...anyone },
    ...some,
  };
}

/** Alerts some people, as the pipeline does. */
export async function givenAlert(pool: Pool, people: readonly Context[], some: SomeOfAlert): Promise<string> {
  const notification = alertOfTest(people.map(currentUserId), some);
  await withPoolTransaction(pool, async (connection) => {
    await writeNotifications(connection, [notification]);
    await writeRecipients(connection, [notification]);
  });
  return notification.id;
}
