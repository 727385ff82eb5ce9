import { z } from "zod";
import { idSchema, instantSchema } from "./common.ts";

export const realtimeConfigSchema = z
  .object({
    key: z
      .string()
      .describe("The public Pusher app key")
      .meta({ examples: ["app-key"] }),
    cluster: z
      .string()
      .describe("The Pusher cluster")
      .meta({ examples: ["eu"] }),
    wsHost: z
      .string()
      .nullable()
      .describe("The host, where it is not Pusher's cloud")
      .meta({ examples: ["127.0.0.1"] }),
    wsPort: z
      .int()
      .nullable()
      .describe("The port, where it is not Pusher's cloud")
      .meta({ examples: [6001] }),
    forceTLS: z
      .boolean()
      .describe("Whether to use wss")
      .meta({ examples: [false] }),
    channel: z
      .string()
      .describe("The channel of a user's notifications")
      .meta({ examples: ["private-user-{userId}"] }),
    authEndpoint: z
      .string()
      .describe("Where to have a channel signed")
      .meta({ examples: ["/api/v1/users/me/pusher-auth"] }),
    userAuthEndpoint: z
      .string()
      .describe("Where to sign in on a connection, so that it ends with one's access")
      .meta({ examples: ["/api/v1/users/me/pusher-user-auth"] }),
  })
  .meta({ id: "RealtimeConfig", description: "How a client connects for realtime alerts" });
export type RealtimeConfig = z.infer<typeof realtimeConfigSchema>;

export const healthSchema = z
  .object({ status: z.literal("ok").describe("The process answers") })
  .meta({ id: "Health", description: "The process is alive" });

export const readinessSchema = z
  .object({
    status: z.enum(["ready", "not_ready"]).describe("Whether events can be durably accepted"),
    checks: z
      .record(z.string(), z.enum(["ok", "failed"]))
      .describe("Each thing that was checked")
      .meta({ examples: [{ mysql: "ok" }] }),
  })
  .meta({ id: "Readiness", description: "Whether the service can durably accept events" });

const countSchema = z.int();

const partSchema = z
  .object({
    status: z.enum(["ok", "failed"]).describe("Whether it answered in time"),
    milliseconds: z
      .number()
      .describe("How long it took")
      .meta({ examples: [0.8] }),
  })
  .describe("A part of the system, asked just now");

export const statusSchema = z
  .object({
    status: z
      .enum(["ok", "degraded", "down"])
      .describe(
        "down: events cannot be accepted; degraded: they can, but a part is missing or something is overdue",
      ),
    build: z
      .object({
        version: z
          .string()
          .describe("Tocsin's version")
          .meta({ examples: ["0.1.0"] }),
        node: z
          .string()
          .describe("The version of Node.js")
          .meta({ examples: ["v24.21.0"] }),
        startedAt: instantSchema.describe("When the process that answers started"),
      })
      .describe("What runs"),
    parts: z
      .object({ mysql: partSchema, redis: partSchema, pusher: partSchema })
      .describe("What it stands on; MySQL and Redis are ok when they take a write"),
    servers: z
      .object({
        database: z
          .object({
            engine: z.enum(["mysql", "mariadb"]).describe("Whose server it is"),
            version: z
              .string()
              .describe("Its version")
              .meta({ examples: ["8.4.6"] }),
          })
          .nullable()
          .describe("The database; null while it is away"),
        redis: z
          .object({
            version: z
              .string()
              .describe("Its version")
              .meta({ examples: ["7.4.2"] }),
          })
          .nullable()
          .describe("Redis; null while it is away"),
      })
      .describe("Which servers answer"),
    stream: z
      .object({
        length: countSchema.describe("Events in the stream"),
        lag: countSchema.describe("Those that no worker has had yet"),
        pending: countSchema.describe("Those that a worker has and has not finished"),
        oldestSeconds: z.number().describe("How long ago the oldest was added"),
        workers: z
          .array(
            z.object({
              name: z.string().describe("The worker's name"),
              pending: countSchema.describe("Entries that it has not finished"),
              idleSeconds: countSchema.describe("How long ago it last read"),
            }),
          )
          .describe("The workers that have read from it"),
      })
      .nullable()
      .describe("The event stream; null while Redis is away")
      .meta({
        examples: [
          {
            length: 3,
            lag: 1,
            pending: 2,
            oldestSeconds: 0.1,
            workers: [{ name: "worker-1", pending: 2, idleSeconds: 0 }],
          },
        ],
      }),
    queues: z
      .array(
        z.object({
          name: z.string().describe("The queue"),
          waiting: countSchema.describe("Jobs that could run now"),
          active: countSchema.describe("Jobs that run"),
          delayed: countSchema.describe("Jobs whose time has not come"),
          failed: countSchema.describe("Jobs that failed for good"),
        }),
      )
      .nullable()
      .describe("The job queues; null while Redis is away")
      .meta({
        examples: [[{ name: "notification-delivery-queue", waiting: 0, active: 1, delayed: 0, failed: 0 }]],
      }),
    overdue: z
      .array(
        z.object({
          step: z.string().describe("The step of the way from an event to its alert"),
          count: countSchema.describe("How many should have been done a minute ago or longer"),
          oldestId: idSchema.nullable().describe("The event, notification or rule that waits longest"),
          since: instantSchema.nullable().describe("Since when it is due"),
        }),
      )
      .nullable()
      .describe("What is overdue: every count is 0 when all is well; null while MySQL is away")
      .meta({ examples: [[{ step: "process", count: 0, oldestId: null, since: null }]] }),
    openDeadLetters: countSchema
      .nullable()
      .describe("Dead letters that wait for a person; null while MySQL is away")
      .meta({ examples: [0] }),
  })
  .meta({ id: "Status", description: "The state of the system's parts" });
export type Status = z.infer<typeof statusSchema>;
