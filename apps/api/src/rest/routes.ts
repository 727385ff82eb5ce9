import type { AnyRouter } from "@trpc/server";
import type { ProcedureMeta } from "../trpc/init.ts";

/** A procedure as REST serves it. */
export interface RestRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As OpenAPI writes it: /users/{id}. */
  path: string;
  /** Where the procedure is: ["users", "approve"]. */
  procedure: readonly string[];
  meta: ProcedureMeta;
}

/** The routes that a router's procedures declare; fixed paths before those with parameters. */
export function restRoutes(router: AnyRouter): RestRoute[] {
  const procedures = router._def.procedures as Record<string, { _def: { meta?: ProcedureMeta } }>;
  const routes = Object.entries(procedures).flatMap(([name, { _def }]): RestRoute[] => {
    const { openapi } = _def.meta ?? {};
    if (!_def.meta || !openapi) return [];
    return [{ method: openapi.method, path: openapi.path, procedure: name.split("."), meta: _def.meta }];
  });
  return routes.toSorted((a, b) => parameterCount(a.path) - parameterCount(b.path));
}

function parameterCount(path: string): number {
  return path.split("{").length - 1;
}

/** The path as Express writes it: /users/:id. */
export function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ":$1");
}
