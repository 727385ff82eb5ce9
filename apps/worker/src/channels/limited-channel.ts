import type { Channel } from "@tocsin/core/delivery/channel";

/** A channel whose provider is left alone for a while when it is away. */
export interface LimitedChannel extends Channel {
  /** Whether it is left alone right now. */
  isPaused(): boolean;
}
