import { fileURLToPath } from "node:url";
import { v1Router } from "../routers/v1.ts";
import { createOpenApiDocument } from "./document.ts";

/** The committed document: each change of the contract shows in review. */
export const snapshotFile = fileURLToPath(new URL("../../../../docs/openapi.json", import.meta.url));

/** What the file has to hold. */
export function renderSnapshot(): string {
  return `${JSON.stringify(createOpenApiDocument(v1Router), null, 2)}\n`;
}
