import { DomainError } from "@tocsin/contracts/errors";
import type { Actor } from "../context.ts";

/** The only source whose events this caller sends and sees; null: any. */
export function sourceOfKey(actor: Actor): string | null {
  return actor.type === "api_key" ? actor.source : null;
}

/** Whether the caller sees events of this source. Of others it learns not even that they are there. */
export function maySeeSource(actor: Actor, source: string): boolean {
  const own = sourceOfKey(actor);
  return own === null || own === source;
}

/**
 * Dead letters hold what came in from anywhere, and what was set aside before its source was known.
 * @throws DomainError SOURCE_FORBIDDEN where the caller is a key that is bound to a source
 */
export function refuseBoundKey(actor: Actor): void {
  const own = sourceOfKey(actor);
  if (own === null) return;
  throw new DomainError("SOURCE_FORBIDDEN", {
    detail: `This API key sees events of ${JSON.stringify(own)} only: list them with status=dead instead`,
  });
}
