import { sendEventInputSchema, sendEventsInputSchema } from "@tocsin/contracts/api/events";
import { listNotificationsInputSchema, syncInputSchema } from "@tocsin/contracts/api/notifications";
import { validationFailed } from "@tocsin/contracts/validation-failed";
import type { Context } from "@tocsin/core/context";
import { sendEvent } from "@tocsin/core/events/send-event";
import { sendEvents } from "@tocsin/core/events/send-events";
import { countUnread } from "@tocsin/core/notifications/count-unread";
import { listNotifications } from "@tocsin/core/notifications/list-notifications";
import { syncNotifications } from "@tocsin/core/notifications/sync-notifications";
import { z } from "zod";
import type { ApiContext } from "../trpc/context.ts";
import { callDirectly } from "./call-directly.ts";
import type { RestRoute } from "./routes.ts";

type Call = (input: unknown) => Promise<unknown>;

/** Ready to be called for one request. */
type DirectCall = (context: ApiContext, route: RestRoute) => Call;

/**
 * Procedures that are called thousands of times a second, by machines that send and by phones that ask. REST calls their
 * verbs itself, with the procedure's own schema and permission: tRPC in between would cost more than the work.
 */
const directCalls: Readonly<Record<string, DirectCall>> = {
  "events.send": direct(sendEventInputSchema, sendEvent),
  "events.sendBatch": direct(sendEventsInputSchema, sendEvents),
  "notifications.list": direct(listNotificationsInputSchema, listNotifications),
  "notifications.sync": direct(syncInputSchema, syncNotifications),
  "notifications.unreadCount": direct(z.unknown(), countUnread),
};

function direct<Schema extends z.ZodType>(
  schema: Schema,
  verb: (ctx: Context, input: z.infer<Schema>) => Promise<unknown>,
): DirectCall {
  return (context, route) => (input) =>
    callDirectly(route, context, (ctx) => {
      const parsed = schema.safeParse(input);
      if (!parsed.success) throw validationFailed(parsed.error);
      return verb(ctx, parsed.data);
    });
}

/** The call of a route that goes without tRPC; undefined for all others. */
export function directCallOf(route: RestRoute, context: ApiContext): Call | undefined {
  return directCalls[route.procedure.join(".")]?.(context, route);
}
