import type { Requirement } from "@tocsin/core/context";
import type { DomainError } from "@tocsin/contracts/errors";
import type { Logger } from "@tocsin/platform/logger";
import type { Request, Response } from "express";
import type { ApiContext } from "../trpc/context.ts";
import type { HeldMemory } from "./body-memory.ts";
import { toHttpError } from "./problem.ts";
import type { RateLimitKind } from "./rate-limit.ts";

/** What the body of a request may be. */
export interface BodyRules {
  /** Media types that are taken. */
  types: readonly string[];
  /** The most that it may have, as it comes and after inflating. Bytes. */
  limit: number;
  /** Read as text before the request is served, or left to whoever serves it: a form with a file. */
  reading: "text" | "form";
}

/** What a request asks for: a route of REST, or calls of tRPC. Resolved once, from its method and path. */
export interface Target {
  /** As metrics and logs name it: the route as it was declared, or `unmatched`. */
  routeName: string;
  /** The limit that each of its calls counts against. */
  limits: readonly RateLimitKind[];
  /** What each of its calls needs of a caller. */
  requires: readonly Requirement[];
  /** `none`: there must be no body; `unread`: whatever it is, nobody looks at it. */
  body: BodyRules | "none" | "unread";
  /** Checks what was sent, does it and answers. @throws DomainError, or whatever nobody foresaw */
  serve: (exchange: Exchange) => Promise<void> | void;
  /** Answers with an error, in the form that callers of this target read. */
  refuse: (exchange: Exchange, error: DomainError) => void;
}

/** A target, and the parts of the path that stand for its parameters, as they were sent. */
export interface Resolved {
  target: Target;
  parameters: Readonly<Record<string, string>>;
}

/** Finds what a request asks for. */
export type Resolve = (request: Pick<Request, "method" | "originalUrl">) => Resolved | undefined;

/** A request on its way through the steps. */
export interface Exchange extends Resolved {
  request: Request;
  response: Response;
  context: ApiContext;
  /** Whom it counts for. */
  caller: string;
  /** What its body takes of the process's memory. */
  memory: HeldMemory;
}

/** One step of a request. @throws DomainError where it ends here */
export type Step = (exchange: Exchange) => Promise<void> | void;

/** Takes a request through the steps, up to the first that refuses it. Never throws. */
export async function take(exchange: Exchange, steps: readonly Step[], log: Logger): Promise<void> {
  try {
    // Each step rests on those before it.
    for (const step of steps) await step(exchange);
  } catch (error) {
    exchange.target.refuse(exchange, toHttpError(log, error));
  } finally {
    exchange.memory.release();
  }
}
