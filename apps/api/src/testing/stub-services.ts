import type { Services } from "@tocsin/core/context";
import type { Logger } from "@tocsin/platform/logger";

/** One line of a {@link recordingLog}. */
export interface LogLine {
  level: keyof Logger;
  message: string;
  fields: Readonly<Record<string, unknown>> | undefined;
}

/** A logger that keeps what it was given. */
export function recordingLog(): { log: Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Logger) => (message: string, fields?: Readonly<Record<string, unknown>>) =>
    void lines.push({ level, message, fields });
  return { log: { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") }, lines };
}

/** Services for routes that use none: only the log works. */
export function stubServices(log: Logger): Services {
  return { log } as Services;
}
