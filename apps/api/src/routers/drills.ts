import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  deliveryReportInputSchema,
  deliveryReportSchema,
  startedDrillSchema,
} from "@tocsin/contracts/api/delivery-reports";
import { reportDelivery } from "@tocsin/core/delivery/report-delivery";
import { sendTestNotification } from "@tocsin/core/drills/send-test-notification";
import { startDrill } from "@tocsin/core/drills/start-drill";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Drills"];

export const drillsRouter = router({
  start: procedure("rules:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/rules/{id}/drill",
        tags,
        summary: "Start a fire drill",
        description:
          "Sends an alert that is marked as a drill to everyone whom the rule would alert, with its sound and priority, the way of every alert. Its report tells whom it reached.",
      },
      successStatus: 202,
      location: "/drills/{id}",
    })
    .input(idParametersSchema)
    .output(startedDrillSchema)
    .mutation(({ ctx, input }) => startDrill(ctx.verb, input)),

  report: procedure("rules:manage")
    .meta({
      openapi: {
        method: "GET",
        path: "/drills/{id}",
        tags,
        summary: "Report whom a drill reached",
        description: "For each person: whether and when it arrived, on which screens and phones.",
      },
    })
    .input(deliveryReportInputSchema)
    .output(deliveryReportSchema)
    .query(({ ctx, input }) => reportDelivery(ctx.verb, input, "drill")),

  testNotification: procedure("authenticated")
    .meta({
      openapi: {
        method: "POST",
        path: "/users/me/test-notification",
        tags,
        summary: "Send me a test notification",
        description:
          "Goes to all of the caller's screens and phones. `GET /notifications/{id}/explain` tells how it arrived.",
      },
      successStatus: 202,
      location: "/notifications/{id}",
    })
    .output(startedDrillSchema)
    .mutation(({ ctx }) => sendTestNotification(ctx.verb)),
});
