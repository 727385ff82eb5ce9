import { DomainError } from "@tocsin/contracts/errors";
import { pointerOf } from "@tocsin/contracts/validation-failed";
import type { Actor } from "../context.ts";

/**
 * A key that is bound to a source sends events of no other.
 * @param at where the event stands in the request
 * @throws DomainError SOURCE_FORBIDDEN with a pointer to the source
 */
export function refuseOtherSource(actor: Actor, source: string, at: readonly PropertyKey[] = []): void {
  if (actor.type !== "api_key" || actor.source === null || actor.source === source) return;
  const message = `This API key sends events of ${JSON.stringify(actor.source)} only`;
  throw new DomainError("SOURCE_FORBIDDEN", {
    detail: message,
    errors: [{ pointer: pointerOf([...at, "source"]), message }],
  });
}
