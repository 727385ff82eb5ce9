import type { AnyRouter } from "@trpc/server";
import { z } from "zod";
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
  /** The fields that are no text: in a query they are written as text. */
  writtenFields: ReadonlyMap<string, WrittenType>;
  /** Whether the procedure may change anything. */
  isMutation: boolean;
  meta: ProcedureMeta;
}

/** What a field of a query stands for where it is no text. */
export type WrittenType = "number" | "boolean";

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
        writtenFields: writtenFieldsOf(inputs[0]),
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

function writtenFieldsOf(input: unknown): Map<string, WrittenType> {
  const fields = input instanceof z.ZodObject ? Object.entries(input.shape) : [];
  return new Map(
    fields.flatMap(([name, field]): [string, WrittenType][] => {
      const type = unwrap(field);
      if (type instanceof z.ZodNumber) return [[name, "number"]];
      return type instanceof z.ZodBoolean ? [[name, "boolean"]] : [];
    }),
  );
}

/** The schema of a field without what says that it may be left out. */
function unwrap(field: unknown): unknown {
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault || field instanceof z.ZodNullable) {
    return unwrap(field.unwrap());
  }
  return field;
}
