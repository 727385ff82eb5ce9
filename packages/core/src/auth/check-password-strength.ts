import { DomainError } from "@tocsin/contracts/errors";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { runInThread } from "../run-in-thread.ts";
import type { run } from "./password-strength.task.ts";

const estimate = threadTask<typeof run>({
  name: "password-strength",
  module: new URL("password-strength.task.ts", import.meta.url),
  deadlineMs: 5000,
});

/**
 * Refuses passwords that are common, or made of what is known about the account.
 * @throws DomainError WEAK_PASSWORD; TOO_MANY_REQUESTS, UNAVAILABLE where too many are being checked
 */
export async function checkPasswordStrength(
  ctx: Context,
  { password, email, pointer = "/password" }: { password: string; email: string; pointer?: string },
): Promise<void> {
  if (!(await runInThread(ctx, estimate, { password, email }))) return;
  const message = "This password is common or easily guessed; use several unrelated words";
  throw new DomainError("WEAK_PASSWORD", { detail: message, errors: [{ pointer, message }] });
}
