import type { TaskFunction, ThreadTask } from "@tocsin/platform/threads/thread-task";
import type { Actor, Context } from "./context.ts";
import { networkOf } from "./throttle/network-of.ts";

/**
 * Does a task in a thread, as the caller's share of them allows.
 * @param signal aborted when nobody waits for the result any more
 * @throws DomainError TOO_MANY_REQUESTS, UNAVAILABLE; what the task throws
 */
export async function runInThread<Run extends TaskFunction>(
  ctx: Pick<Context, "threads" | "actor" | "request">,
  task: ThreadTask<Run>,
  input: Parameters<Run>[0],
  signal?: AbortSignal,
): Promise<ReturnType<Run>> {
  return ctx.threads.run(task, input, { caller: callerOf(ctx.actor, ctx.request.ip), signal });
}

/** Who shares one share of the threads: a user, an API key; strangers by their network. */
function callerOf(actor: Actor, ip: string | null): string {
  if (actor.type === "user" || actor.type === "api_key") return `${actor.type} ${actor.id}`;
  return actor.type === "system" ? actor.label : `network ${networkOf(ip)}`;
}
