import type { Actor, Context, Requirement } from "@tocsin/core/context";
import { DomainError } from "@tocsin/contracts/errors";
import { isPermitted } from "@tocsin/contracts/permissions";
import type { Logger } from "@tocsin/platform/logger";
import { initTRPC, TRPCError } from "@trpc/server";
import superjson from "superjson";
import type { OpenApiMeta } from "trpc-openapi";
import type { RateLimitKind } from "../http/rate-limit.ts";
import type { ApiContext } from "./context.ts";
import { toDomainError, toTrpcError } from "./to-domain-error.ts";

/** What is known of a procedure beside its shapes. */
export interface ProcedureMeta extends OpenApiMeta {
  /** What a caller needs; set by {@link procedure}. */
  requires?: Requirement;
  /** What calls count as, where it is not the common limit. */
  limit?: RateLimitKind;
  /** The status of success where it is not 200. */
  successStatus?: 201 | 202 | 204;
  /** Where the created thing is, as a path of this API: `/rules/{id}`; its `id` comes from the answer. */
  location?: string;
  /** The most that the body may have, where it is not the common limit. Bytes. */
  bodyLimit?: number;
  /** How deep the body may nest, where it is not the common limit. */
  bodyDepth?: number;
  /** How many values the body may hold, where it is not the common limit. */
  bodyValues?: number;
  /** Numbers whose digits a double does not hold are kept; else they are refused. */
  exactNumbers?: true;
  /** The body is a batch, whose items stand in this field: one that cannot be read is refused by itself. */
  batchField?: string;
  /** The route takes `Idempotency-Key`: its value becomes the input's `idempotencyKey`. */
  idempotencyHeader?: true;
  /**
   * The route does not take `Idempotency-Key` as other POST routes do: its answer holds a secret, which is kept
   * nowhere, or doing it twice is harmless by itself.
   */
  answerIsNotKept?: true;
  /** The procedure gives pieces of a text of this type, which REST sends as they come. */
  streams?: "text/csv";
  /** The route takes a form with a file instead of JSON; the caller is known before it is read. */
  uploads?: true;
  /** The route also takes CloudEvents: one, or a list of them. */
  cloudEvents?: "one" | "many";
  /** The route also takes a form, and GET with the same fields as a query. */
  formAndQuery?: true;
}

const trpc = initTRPC
  .context<ApiContext>()
  .meta<ProcedureMeta>()
  .create({
    transformer: superjson,
    isDev: false,
    errorFormatter({ shape, error, ctx }) {
      const told = toDomainError(error) ?? new DomainError("INTERNAL_ERROR");
      return {
        ...shape,
        message: told.message,
        data: {
          ...shape.data,
          appCode: told.code,
          errors: told.errors,
          requestId: ctx?.request.id,
        },
      };
    },
  });

export const router = trpc.router;
export const createCallerFactory = trpc.createCallerFactory;

/**
 * The one way to make a procedure: it cannot be made without saying what a caller needs.
 * The procedure is given the verbs' {@link Context}, with the caller known and permitted.
 */
export function procedure(requires: Requirement) {
  return trpc.procedure.meta({ requires }).use(async ({ ctx, path, next }) => {
    const { services, request } = ctx;
    try {
      const actor = await permittedActor(ctx, requires);
      const result = await next({ ctx: { verb: { ...services, actor, request } satisfies Context } });
      if (result.ok) return result;
      throw result.error;
    } catch (error) {
      throw toTrpcError(tell(services.log, path, error));
    }
  });
}

/** Who is calling: a person or a machine. @throws DomainError UNAUTHENTICATED */
export async function knownActor(
  ctx: Pick<ApiContext, "identify">,
): Promise<Extract<Actor, { type: "user" | "api_key" }>> {
  const actor = await ctx.identify();
  if (actor.type !== "user" && actor.type !== "api_key") throw new DomainError("UNAUTHENTICATED");
  return actor;
}

/** Who is calling, if they may. @throws DomainError UNAUTHENTICATED, UNAUTHORIZED_ROLE */
export async function permittedActor(
  ctx: Pick<ApiContext, "identify">,
  requires: Requirement,
): Promise<Actor> {
  if (requires === "public") return { type: "anonymous" };
  const actor = await knownActor(ctx);
  if (requires === "authenticated") {
    if (actor.type === "user") return actor;
    throw new DomainError("UNAUTHORIZED_ROLE", { detail: "This is for people; an API key cannot do it" });
  }
  if (isPermitted(actor.permissions, requires)) return actor;
  throw new DomainError("UNAUTHORIZED_ROLE", { detail: `This needs the permission ${requires}` });
}

/** What the caller is told of an error; what that leaves out goes to the log. */
export function tell(log: Logger, path: string, error: unknown): DomainError {
  const told = toDomainError(error);
  // Who refuses without a cause has nothing to hide: under overload a line for each would make it worse.
  if (told && (told.code !== "UNAVAILABLE" || told.cause === undefined)) return told;
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (told) log.warn("A procedure could not be served", { procedure: path, error: cause });
  else log.error("A procedure failed", { procedure: path, error: cause });
  return told ?? new DomainError("INTERNAL_ERROR");
}
