import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  listNotificationsInputSchema,
  notificationPageSchema,
  notificationSchema,
  unreadCountSchema,
} from "@tocsin/contracts/api/notifications";
import { acknowledgeNotification } from "@tocsin/core/notifications/acknowledge-notification";
import { countUnread } from "@tocsin/core/notifications/count-unread";
import { getNotification } from "@tocsin/core/notifications/get-notification";
import { listNotifications } from "@tocsin/core/notifications/list-notifications";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Notifications"];

export const notificationsRouter = router({
  list: procedure("notifications:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/notifications",
        tags,
        summary: "List my notifications",
        description: "The caller's notifications, newest first, or those in one state.",
      },
    })
    .input(listNotificationsInputSchema)
    .output(notificationPageSchema)
    .query(({ ctx, input }) => listNotifications(ctx.verb, input)),

  unreadCount: procedure("notifications:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/notifications/unread-count",
        tags,
        summary: "Count my unread notifications",
        description: "How many of the caller's notifications are unread.",
      },
    })
    .output(unreadCountSchema)
    .query(({ ctx }) => countUnread(ctx.verb)),

  get: procedure("notifications:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/notifications/{id}",
        tags,
        summary: "Get one of my notifications",
        description: "One of the caller's notifications; somebody else's is not found.",
      },
    })
    .input(idParametersSchema)
    .output(notificationSchema)
    .query(({ ctx, input }) => getNotification(ctx.verb, input)),

  acknowledge: procedure("notifications:acknowledge")
    .meta({
      openapi: {
        method: "PUT",
        path: "/notifications/{id}/acknowledge",
        tags,
        summary: "Acknowledge a notification",
        description: "Says that the caller takes care. Never reverts; doing it again changes nothing.",
      },
    })
    .input(idParametersSchema)
    .output(notificationSchema)
    .mutation(({ ctx, input }) => acknowledgeNotification(ctx.verb, input)),
});
