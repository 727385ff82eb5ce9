import { statusSchema } from "@tocsin/contracts/api/system";
import { readStatus } from "@tocsin/core/system/read-status";
import { procedure, router } from "../trpc/init.ts";

export const systemRouter = router({
  status: procedure("system:status")
    .meta({
      openapi: {
        method: "GET",
        path: "/status",
        tags: ["System"],
        summary: "The state of the system's parts",
        description:
          "MySQL, Redis, Pusher, the event stream, the queues, and what is overdue on the way from an event to its alert. Answers within about a second, also while a part hangs.",
      },
    })
    .output(statusSchema)
    .query(({ ctx }) => readStatus(ctx.verb)),
});
