import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The OpenAPI document as far as answers are held against it. */
export interface ApiDocument {
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  components: { headers: Readonly<Record<string, HeaderObject>>; parameters: Record<string, Parameter> };
}

export interface Operation {
  operationId?: string;
  /** Empty: it asks for no credentials. */
  security?: object[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Readonly<Record<string, ResponseObject>>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: object;
}

export interface ResponseObject {
  headers?: Readonly<Record<string, HeaderObject | Reference>>;
  content?: Readonly<Record<string, Media>>;
}

export interface HeaderObject {
  required?: boolean;
  schema: { type?: string };
}

interface Media {
  schema?: object;
  examples?: Readonly<Record<string, { value: unknown }>>;
}

interface Reference {
  $ref: string;
}

/** The route of the document that a path belongs to. */
export interface FoundPath {
  /** As the document writes it: /api/v1/rules/{id}. */
  template: string;
  operations: Readonly<Record<string, Operation>>;
  /** What stands in the places of the template's names. */
  parameters: Readonly<Record<string, string>>;
}

const file = join(import.meta.dirname, "../../../docs/openapi.json");
let kept: ApiDocument | undefined;

/** The committed document, which a test holds to be the one that is served. */
export function readDocument(): ApiDocument {
  return (kept ??= JSON.parse(readFileSync(file, "utf8")) as ApiDocument);
}

/** Where a path of a request leads: a fixed path goes before one with names. */
export function findPath(document: ApiDocument, path: string): FoundPath | undefined {
  const parts = path.split("/");
  return Object.keys(document.paths)
    .map((template) => ({ template, parameters: parametersOf(template.split("/"), parts) }))
    .filter((found): found is { template: string; parameters: Record<string, string> } => !!found.parameters)
    .toSorted((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length)
    .map((found) => ({ ...found, operations: document.paths[found.template] ?? {} }))[0];
}

function parametersOf(template: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (template.length !== parts.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, name] of template.entries()) {
    const part = parts[index] ?? "";
    if (name.startsWith("{") && !["", ".", ".."].includes(part)) parameters[name.slice(1, -1)] = part;
    else if (name !== part) return null;
  }
  return parameters;
}

/** What a reference stands for. */
export function resolveHeader(document: ApiDocument, header: HeaderObject | Reference): HeaderObject {
  if (!("$ref" in header)) return header;
  const found = document.components.headers[lastPart(header.$ref)];
  if (!found) throw new Error(`The document has no ${header.$ref}`);
  return found;
}

/** The parameters of an operation, references followed. */
export function parametersIn(document: ApiDocument, operation: Operation): Parameter[] {
  return (operation.parameters ?? []).map((parameter) => {
    if (!("$ref" in parameter)) return parameter;
    const found = document.components.parameters[lastPart(parameter.$ref)];
    if (!found) throw new Error(`The document has no ${parameter.$ref}`);
    return found;
  });
}

function lastPart(reference: string): string {
  return reference.split("/").at(-1) ?? "";
}
