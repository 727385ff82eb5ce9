/** What a module of a task exports as `run`: plain data in, plain data out (what the structured clone carries). */
export type TaskFunction = (input: never) => unknown;

/** Work that is done in a thread of its own, because it may keep a processor busy for longer than about 20 ms. */
export interface ThreadTask<Run extends TaskFunction> {
  /** For metrics and messages. */
  name: string;
  /** The module that exports the function as `run`. It is loaded in the thread: let it import little. */
  module: URL;
  /** Longer than this it does not run: its thread is ended and another one takes its place. Milliseconds. */
  deadlineMs: number;
  /** Never set: it carries the type of `run`. */
  signature?: Run;
}

/**
 * Declares a task. `Run` is the type of the function that the module exports: import it as a type only.
 * @example threadTask<typeof run>({ name: "try", module: new URL("try.task.ts", import.meta.url), deadlineMs: 5000 })
 */
export function threadTask<Run extends TaskFunction>(
  task: Omit<ThreadTask<Run>, "signature">,
): ThreadTask<Run> {
  return task;
}
