import { z } from "zod";
import { restRoutes } from "../../apps/api/src/rest/routes.ts";
import { v1Router } from "../../apps/api/src/routers/v1.ts";
import { type Operation, parametersIn, readDocument } from "../contract/support/document.ts";
import type { Resolve, ValueSchema } from "./valid-input.ts";

/** One operation of the OpenAPI document. */
export interface RestTarget {
  kind: "rest";
  /** POST /api/v1/rules */
  name: string;
  method: string;
  /** /api/v1/rules/{id} */
  template: string;
  /** What kind of thing the ids of its path are. */
  area: string;
  isPublic: boolean;
  /** The fields of the query; undefined where it has none. */
  query: ValueSchema | undefined;
  /** The fields of the body by its media type; empty where it takes none. */
  bodies: Readonly<Record<string, ValueSchema>>;
}

/** One procedure of the router. */
export interface TrpcTarget {
  kind: "trpc";
  /** trpc rules.create */
  name: string;
  /** rules.create */
  procedure: string;
  isMutation: boolean;
  isPublic: boolean;
  area: string;
  input: ValueSchema | undefined;
  /** The operation that answers the same. */
  operation: Operation | undefined;
}

export type Target = RestTarget | TrpcTarget;

const document = readDocument();

/** Follows a reference of the document. */
export const resolve: Resolve = (reference) => {
  const found = reference
    .split("/")
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);
  return found as ValueSchema;
};

/** The kind of thing that a path is about: `/rules/{id}` rules, `/users/me/devices/{id}` devices. */
function areaOf(path: string): string {
  const parts = path.replace(/^\/api\/v1/, "").split("/");
  return path.includes("/me/") ? (parts[3] ?? "") : (parts[1] ?? "");
}

/** Every operation of the document. */
export function restTargets(): RestTarget[] {
  return Object.entries(document.paths).flatMap(([template, item]) =>
    Object.entries(item).map(([method, operation]): RestTarget => {
      const fields = parametersIn(document, operation).filter((one) => one.in === "query");
      const query = {
        properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
        required: fields.filter(({ required }) => required).map(({ name }) => name),
      };
      const bodies = Object.entries(operation.requestBody?.content ?? {}).map(
        ([type, { schema = {} }]) => [type, schema] as const,
      );
      return {
        kind: "rest",
        name: `${method.toUpperCase()} ${template}`,
        method: method.toUpperCase(),
        template,
        area: areaOf(template),
        isPublic: isPublic(operation),
        query: fields.length > 0 ? query : undefined,
        bodies: Object.fromEntries(bodies),
      };
    }),
  );
}

/** Whether an operation asks for no credentials. */
export function isPublic(operation: Operation): boolean {
  return operation.security?.length === 0;
}

/** Every procedure of the router. */
export function trpcTargets(): TrpcTarget[] {
  const procedures = v1Router._def.procedures as unknown as Record<string, { _def: { inputs: z.ZodType[] } }>;
  return restRoutes(v1Router).map((route): TrpcTarget => {
    const procedure = route.procedure.join(".");
    const [input] = procedures[procedure]?._def.inputs ?? [];
    return {
      kind: "trpc",
      name: `trpc ${procedure}`,
      procedure,
      isMutation: route.isMutation,
      isPublic: route.meta.requires === "public",
      area: areaOf(route.path),
      input: input && (z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as ValueSchema),
      operation: document.paths[`/api/v1${route.path}`]?.[route.method.toLowerCase()],
    };
  });
}
