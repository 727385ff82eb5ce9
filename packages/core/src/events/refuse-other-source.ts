import { DomainError } from "@tocsin/contracts/errors";
import { pointerOf } from "@tocsin/contracts/validation-failed";
import type { Actor } from "../context.ts";
import { sourceOfKey } from "./source-of-key.ts";

/**
 * A key that is bound to a source sends events of no other.
 * @param at where the event stands in the request
 * @throws DomainError SOURCE_FORBIDDEN with a pointer to the source
 */
export function refuseOtherSource(actor: Actor, source: string, at: readonly PropertyKey[] = []): void {
  const own = sourceOfKey(actor);
  if (own === null || own === source) return;
  const message = `This API key sends events of ${JSON.stringify(own)} only`;
  throw new DomainError("SOURCE_FORBIDDEN", {
    detail: message,
    errors: [{ pointer: pointerOf([...at, "source"]), message }],
  });
}
