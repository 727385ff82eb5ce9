import winston from "winston";
import { currentCorrelation } from "./correlation.ts";
import { redact } from "./redact.ts";

export const logLevels = ["error", "warn", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ["json", "pretty"] as const;
export type LogFormat = (typeof logFormats)[number];

type Write = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Structured logging: a sentence that never varies, and fields that do. Secrets in fields are struck out. */
export type Logger = Record<LogLevel, Write>;

export interface LoggerOptions {
  /** Which process writes. */
  service: string;
  level: LogLevel;
  format: LogFormat;
  /** Where lines go; standard output unless said otherwise. */
  destination?: NodeJS.WritableStream;
}

const finish = winston.format((info) => {
  const { level, message, ...fields } = info;
  return Object.assign({ level, message }, redact(fields), currentCorrelation(), {
    [Symbol.for("level")]: info[Symbol.for("level") as unknown as string],
  }) as winston.Logform.TransformableInfo;
});

const pretty = winston.format.printf(({ level, message, timestamp, service, ...fields }) => {
  const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : "";
  const text = String(message).replaceAll(/[\r\n]+/g, " ");
  return `${String(timestamp)} ${level.padEnd(5)} ${String(service)}: ${text}${rest}`;
});

/** Writes one line for each call; line breaks within values are escaped, so that nobody can forge a line. */
export function createLogger({ service, level, format, destination }: LoggerOptions): Logger {
  const logger = winston.createLogger({
    level,
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    defaultMeta: { service },
    format: winston.format.combine(
      finish(),
      winston.format.timestamp(),
      format === "json" ? winston.format.json() : pretty,
    ),
    transports: [new winston.transports.Stream({ stream: destination ?? process.stdout })],
  });
  const write =
    (at: LogLevel): Write =>
    (message, fields = {}) => {
      // Winston would format a line before it sees that nobody wants it.
      if (logger.isLevelEnabled(at)) logger.log(at, { ...fields, message });
    };
  return { error: write("error"), warn: write("warn"), info: write("info"), debug: write("debug") };
}
