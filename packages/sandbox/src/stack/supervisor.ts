import { describeExit } from "../engines/managed-process.ts";
import type { ManagedProcess } from "../engines/managed-process.ts";

/** Something that runs until it is told to stop. */
export interface Running {
  readonly name: string;
  /** A local process whose unexpected end is reported. */
  readonly process?: ManagedProcess;
  stop(): Promise<void>;
}

export interface Supervisor {
  /**
   * Takes over what was just started.
   *
   * @throws Error when stopping has begun meanwhile; the newcomer is stopped then.
   */
  add(running: Running): Promise<void>;
  /** Resolves with an error text when something ends that nobody stopped. */
  readonly unexpectedEnd: Promise<string>;
  /**
   * Stops everything in reverse order of starting; a second call waits for the first.
   *
   * @returns the names of what was stopped.
   */
  stopAll(): Promise<string[]>;
}

export function createSupervisor(onStopping: (name: string) => void = () => undefined): Supervisor {
  const everything: Running[] = [];
  let stopping: Promise<string[]> | undefined;
  const { promise: unexpectedEnd, resolve: reportEnd } = Promise.withResolvers<string>();

  const stopInReverse = async () => {
    const names: string[] = [];
    for (let running = everything.pop(); running !== undefined; running = everything.pop()) {
      onStopping(running.name);
      await running.stop();
      names.push(running.name);
    }
    return names;
  };

  return {
    unexpectedEnd,
    add: async (running) => {
      if (stopping !== undefined) {
        await running.stop();
        throw new Error(`${running.name} was started while everything was being stopped.`);
      }
      everything.push(running);
      const child = running.process;
      void child?.exited.then((outcome) => {
        if (stopping === undefined) reportEnd(describeExit(child, outcome));
      });
    },
    stopAll: () => {
      stopping ??= stopInReverse();
      return stopping;
    },
  };
}
