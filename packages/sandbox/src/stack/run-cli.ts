import { UserError } from "../engines/user-error.ts";

/** Runs a command's main function and ends the process with its exit code; problems are told in words. */
export async function runCli(main: () => Promise<number>): Promise<never> {
  // A terminal that is gone must not keep us from cleaning up.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  let code = 1;
  try {
    code = await main();
  } catch (error) {
    console.error(`✗ ${describe(error)}`);
  }
  await flush(process.stdout);
  await flush(process.stderr);
  process.exit(code);
}

/** A pipe still holds what was written last; exiting would cut it off. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

function describe(error: unknown): string {
  if (error instanceof UserError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Calls back once at the first request to stop: Ctrl-C, a supervisor, a closed terminal, or the death of the launcher.
 * Later ones are ignored: a terminal and the launcher both pass the same Ctrl-C on.
 */
export function onceAskedToStop(stop: (reason: string) => void): void {
  let asked = false;
  const ask = (reason: string) => {
    if (asked) return;
    asked = true;
    stop(reason);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => ask(signal));
  if (process.channel !== undefined && process.channel !== null) {
    process.channel.unref();
    process.on("disconnect", () => ask("launcher gone"));
  }
}

/** Longer than any step takes to notice that it was stopped, a download or an engine's first answer included. */
const SETTLE_DEADLINE_MS = 10_000;

/** Waits until given-up work has come to its end, in whatever way, so that it starts nothing behind our back. */
export async function settle(work: Promise<unknown>): Promise<void> {
  const deadline = AbortSignal.timeout(SETTLE_DEADLINE_MS);
  const late = new Promise((resolve) => deadline.addEventListener("abort", resolve));
  await Promise.race([work.catch(() => undefined), late]);
}
