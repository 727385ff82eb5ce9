import type { StartedDrill } from "@tocsin/contracts/api/delivery-reports";
import { type Context, currentUserId } from "../context.ts";
import { writeDrill } from "./write-drill.ts";

/** Not critical: a test shows what quiet hours do, too. */
const priority = 3;

/** Sends the caller a test to all of their screens and phones. */
export async function sendTestNotification(ctx: Context): Promise<StartedDrill> {
  const id = await writeDrill(ctx, {
    ...{ ruleId: null, ruleVersion: 0, sound: null, priority },
    title: "Test notification",
    message: "You asked for this test. Where you see it, alerts will reach you.",
    recipients: [currentUserId(ctx)],
    audience: null,
  });
  return { id, recipientCount: 1 };
}
