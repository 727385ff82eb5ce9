import { readFileSync } from "node:fs";
import { z } from "zod";
import type { LimitedChannel } from "./limited-channel.ts";

/** A channel that keeps connections. */
export type OpenChannel = LimitedChannel & { close: () => Promise<void> };

/** What belongs together in the environment. */
export interface EnvRule<Env> {
  isKept: (env: Env) => boolean;
  error: { path: string[]; message: string };
}

type EnvOf<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

/** Who brings push notifications of one platform: its settings, and how its channel is opened. */
export interface PushService<Shape extends z.ZodRawShape> {
  env: Shape;
  rules: readonly EnvRule<EnvOf<Shape>>[];
  /** The settings that are refused without `SANDBOX=true`. */
  sandboxOnly: readonly (keyof Shape & string)[];
  /** @returns undefined where the environment does not tell of it: it is switched off */
  open: (env: EnvOf<Shape> & { PUSH_CA?: string | undefined }) => OpenChannel | undefined;
}

/** Infers the settings of a service. */
export function definePushService<Shape extends z.ZodRawShape>(
  service: PushService<Shape>,
): PushService<Shape> {
  return service;
}

/** Where a stand-in for the provider listens; tests and the sandbox only. */
export const serverUrl = z
  .string()
  .refine((value) => URL.canParse(value) && new URL(value).protocol === "https:", "Must be an https:// URL");

/** A text, or the path of a file that holds it. */
export function textOrFile(begins: string, what: string) {
  return z.string().transform((value, ctx) => {
    if (value.trimStart().startsWith(begins)) return value;
    try {
      return readFileSync(value, "utf8");
    } catch {
      ctx.addIssue({ code: "custom", message: `Must be ${what}, or the path of a file that holds it` });
      return z.NEVER;
    }
  });
}

/** The stand-in that an environment names, with the certificate that vouches for it. */
export function serverAt(url: string | undefined, ca: string | undefined) {
  if (url === undefined) return undefined;
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port === "" ? 443 : port), ca: ca ?? "" };
}
