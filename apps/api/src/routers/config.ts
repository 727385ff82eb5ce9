import { realtimeConfigSchema } from "@tocsin/contracts/api/system";
import { getRealtimeConfig } from "@tocsin/core/realtime/get-realtime-config";
import { procedure, router } from "../trpc/init.ts";

export const configRouter = router({
  realtime: procedure("public")
    .meta({
      openapi: {
        method: "GET",
        path: "/config/realtime",
        tags: ["Config"],
        summary: "How to connect for realtime alerts",
        description: "The options for pusher-js: Pusher's cloud, or the server that stands in for it.",
      },
    })
    .output(realtimeConfigSchema)
    .query(({ ctx }) => getRealtimeConfig(ctx.verb)),
});
