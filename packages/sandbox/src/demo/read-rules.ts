import { isJsonObject } from "../json.ts";
import type { ApiClient } from "./api-client.ts";

/** Whom each rule alerts, by the rule's id. */
export async function readTargetRoles(api: ApiClient): Promise<Map<string, string[]>> {
  const targetRolesOf = new Map<string, string[]>();
  let cursor: unknown;
  do {
    const from = typeof cursor === "string" ? `&cursor=${encodeURIComponent(cursor)}` : "";
    const page = await api.get(`/rules?limit=100${from}`);
    const items = Array.isArray(page["items"]) ? page["items"].filter(isJsonObject) : [];
    for (const { id, targetRoles } of items) {
      targetRolesOf.set(String(id), Array.isArray(targetRoles) ? targetRoles.map(String) : []);
    }
    cursor = page["nextCursor"];
  } while (typeof cursor === "string");
  return targetRolesOf;
}
