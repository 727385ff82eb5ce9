import { idParametersSchema, okSchema } from "@tocsin/contracts/api/common";
import {
  changedNotificationsSchema,
  changeNotificationsInputSchema,
  listNotificationsInputSchema,
  maximumChanges,
  notificationPageSchema,
  notificationSchema,
  receiptInputSchema,
  syncInputSchema,
  syncSchema,
  unreadCountSchema,
  webviewActionInputSchema,
} from "@tocsin/contracts/api/notifications";
import {
  deliveryReportInputSchema,
  deliveryReportSchema,
  notificationExplanationSchema,
} from "@tocsin/contracts/api/delivery-reports";
import { explainNotification } from "@tocsin/core/delivery/explain-notification";
import { reportDelivery } from "@tocsin/core/delivery/report-delivery";
import { acknowledgeNotification } from "@tocsin/core/notifications/acknowledge-notification";
import { archiveNotification } from "@tocsin/core/notifications/archive-notification";
import { changeNotifications } from "@tocsin/core/notifications/change-notifications";
import { countUnread } from "@tocsin/core/notifications/count-unread";
import { deleteNotification } from "@tocsin/core/notifications/delete-notification";
import { getNotification } from "@tocsin/core/notifications/get-notification";
import { listNotifications } from "@tocsin/core/notifications/list-notifications";
import { logWebviewAction } from "@tocsin/core/notifications/log-webview-action";
import { readNotification } from "@tocsin/core/notifications/read-notification";
import { recordReceipt } from "@tocsin/core/notifications/record-receipt";
import { syncNotifications } from "@tocsin/core/notifications/sync-notifications";
import { z } from "zod";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Notifications"];

export const notificationsRouter = router({
  list: procedure("notifications:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/notifications",
        tags,
        summary: "List my notifications, or everyone's",
        description:
          "The caller's notifications, newest first; filters may be combined. With scope=all everyone's, one line for each alert: needs the permission notifications:read-all, takes one of ruleId, kind, priority and priorityAtMost, and no status. Pages hold still while alerts arrive behind a cursor; page numbers do where `to` is given.",
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

  sync: procedure("notifications:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/notifications/sync",
        tags,
        summary: "What changed since",
        description:
          "Every change after a change number, deletions too: a client that was away asks for it and has missed nothing.",
      },
    })
    .input(syncInputSchema)
    .output(syncSchema)
    .query(({ ctx, input }) => syncNotifications(ctx.verb, input)),

  read: procedure("notifications:read")
    .meta({
      openapi: {
        method: "PUT",
        path: "/notifications/{id}/read",
        tags,
        summary: "Mark a notification as read",
        description: "Doing it again changes nothing.",
      },
    })
    .input(idParametersSchema)
    .output(notificationSchema)
    .mutation(({ ctx, input }) => readNotification(ctx.verb, input)),

  archive: procedure("notifications:read")
    .meta({
      openapi: {
        method: "PUT",
        path: "/notifications/{id}/archive",
        tags,
        summary: "Archive a notification",
        description: "Puts it out of sight; that it was read follows. Doing it again changes nothing.",
      },
    })
    .input(idParametersSchema)
    .output(notificationSchema)
    .mutation(({ ctx, input }) => archiveNotification(ctx.verb, input)),

  readMany: procedure("notifications:read")
    .meta({
      openapi: {
        method: "POST",
        path: "/notifications/read",
        tags,
        summary: "Mark many notifications as read",
        description: `Marks many of the caller's notifications as read. Give ids, upTo or all. One transaction, at most ${maximumChanges} a call where none is named: ask again while more is true.`,
      },
    })
    .input(changeNotificationsInputSchema)
    .output(changedNotificationsSchema)
    .mutation(({ ctx, input }) => changeNotifications(ctx.verb, input, "read")),

  acknowledgeMany: procedure("notifications:acknowledge")
    .meta({
      openapi: {
        method: "POST",
        path: "/notifications/acknowledge",
        tags,
        summary: "Acknowledge many notifications",
        description: `Acknowledges many of the caller's notifications; each is audited by itself. Give ids, upTo or all. One transaction, at most ${maximumChanges} a call where none is named: ask again while more is true.`,
      },
    })
    .input(changeNotificationsInputSchema)
    .output(changedNotificationsSchema)
    .mutation(({ ctx, input }) => changeNotifications(ctx.verb, input, "acknowledge")),

  archiveMany: procedure("notifications:read")
    .meta({
      openapi: {
        method: "POST",
        path: "/notifications/archive",
        tags,
        summary: "Archive many notifications",
        description: `Puts many of the caller's notifications out of sight. Give ids, upTo or all. One transaction, at most ${maximumChanges} a call where none is named: ask again while more is true.`,
      },
    })
    .input(changeNotificationsInputSchema)
    .output(changedNotificationsSchema)
    .mutation(({ ctx, input }) => changeNotifications(ctx.verb, input, "archive")),

  delete: procedure("notifications:read")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/notifications/{id}",
        tags,
        summary: "Delete a notification",
        description: "Hides it from the caller, for good. Others keep theirs.",
      },
      successStatus: 204,
    })
    .input(idParametersSchema)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteNotification(ctx.verb, input)),

  receipt: procedure("notifications:read")
    .meta({
      openapi: {
        method: "POST",
        path: "/notifications/{id}/receipt",
        tags,
        summary: "Tell what a device did with a notification",
        description:
          "Send `received` when it arrives, `displayed` when a person can see it, `sounded` when its sound is played. What was displayed or sounded on a screen in time does not ring on the phone.",
      },
      answerIsNotKept: true,
    })
    .input(receiptInputSchema)
    .output(okSchema)
    .mutation(({ ctx, input }) => recordReceipt(ctx.verb, input)),

  explain: procedure("notifications:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/notifications/{id}/explain",
        tags,
        summary: "Explain how a notification came to me",
        description:
          "Whether the caller was interrupted and why, what each of their devices got, and what happened in order.",
      },
    })
    .input(idParametersSchema)
    .output(notificationExplanationSchema)
    .query(({ ctx, input }) => explainNotification(ctx.verb, input)),

  deliveries: procedure("notifications:read-all")
    .meta({
      openapi: {
        method: "GET",
        path: "/notifications/{id}/deliveries",
        tags,
        summary: "Report whom a notification reached",
        description: "For each person: when, on which screens and phones, and what their devices told of it.",
      },
    })
    .input(deliveryReportInputSchema)
    .output(deliveryReportSchema)
    .query(({ ctx, input }) => reportDelivery(ctx.verb, input)),

  webviewAction: procedure("notifications:read")
    .meta({
      openapi: {
        method: "POST",
        path: "/notifications/{id}/webview-action",
        tags,
        summary: "Log a web view action",
        description: "Writes down what the caller did with the web view that the notification opened.",
      },
    })
    .input(webviewActionInputSchema)
    .output(okSchema)
    .mutation(({ ctx, input }) => logWebviewAction(ctx.verb, input)),
});
