import type { Context } from "@tocsin/core/context";
import type { ApiContext } from "../trpc/context.ts";
import { permittedActor, tell } from "../trpc/init.ts";
import type { RestRoute } from "./routes.ts";

/** Calls a verb for who is permitted to call the route's procedure, without tRPC in between. @throws DomainError */
export async function callDirectly(
  { procedure, meta }: RestRoute,
  { services, request, identify }: ApiContext,
  call: (ctx: Context) => Promise<unknown>,
): Promise<unknown> {
  try {
    const actor = await permittedActor({ identify }, meta.requires ?? "authenticated");
    return await call({ ...services, actor, request });
  } catch (error) {
    throw tell(services.log, procedure.join("."), error);
  }
}
