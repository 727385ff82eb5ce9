import type { QueueState } from "@tocsin/platform/queues";

/** What a process can tell of itself and of what it stands on. */
export interface Operations {
  build: { version: string; node: string; startedAt: Date };
  /** @throws Error where Pusher does not answer or does not take our key */
  pingRealtime: () => Promise<void>;
  countJobs: () => Promise<QueueState[]>;
}
