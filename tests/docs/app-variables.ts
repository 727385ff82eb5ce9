import { resolve } from "node:path";
import { ROOT } from "./repository.ts";

/** The environment variables that an app reads: the keys of the zod object that it exports as their schema. */
export async function readAppVariables(app: "api" | "worker"): Promise<string[]> {
  const path = `apps/${app}/src/env.ts`;
  const module = (await import(resolve(ROOT, path))) as Record<string, unknown>;
  const names = Object.values(module)
    .filter(isObjectSchema)
    .flatMap(({ shape }) => Object.keys(shape));
  if (names.length === 0) throw new Error(`${path} exports no zod object`);
  return names;
}

function isObjectSchema(value: unknown): value is { shape: object } {
  return typeof value === "object" && value !== null && "shape" in value && typeof value.shape === "object";
}
