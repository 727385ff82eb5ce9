import type { AnyRouter } from "@trpc/server";
import type { ProcedureMeta } from "../trpc/init.ts";

/** A procedure as REST serves it. */
export interface RestRoute {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** As OpenAPI writes it: /users/{id}. */
  path: string;
  /** Where the procedure is: ["users", "approve"]. */
  procedure: readonly string[];
  /** Whether the procedure takes any fields. */
  takesInput: boolean;
  /** Whether the procedure may change anything. */
  isMutation: boolean;
  meta: ProcedureMeta;
}

/** What is read of a procedure. */
interface ProcedureDefinition {
  type: string;
  meta?: ProcedureMeta;
  inputs: readonly unknown[];
}

/** The routes that a router's procedures declare; fixed paths before those with parameters. */
export function restRoutes(router: AnyRouter): RestRoute[] {
  const procedures = router._def.procedures as Record<string, { _def: ProcedureDefinition }>;
  const routes = Object.entries(procedures).flatMap(([name, { _def }]): RestRoute[] => {
    const { type, meta, inputs } = _def;
    if (!meta?.openapi) return [];
    const { method, path } = meta.openapi;
    return [
      {
        method,
        path,
        procedure: name.split("."),
        takesInput: inputs.length > 0,
        isMutation: type === "mutation",
        meta,
      },
    ];
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
