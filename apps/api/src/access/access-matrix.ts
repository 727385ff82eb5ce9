import { isPermitted, systemRoles } from "@tocsin/contracts/permissions";
import type { Requirement } from "@tocsin/core/context";
import type { RestRoute } from "../rest/routes.ts";

/** Who may call a route. */
export interface AccessRow {
  route: string;
  requires: Requirement;
  /** Role by role, in the order of {@link matrixRoles}. */
  allowed: boolean[];
}

/** The roles that every installation has, and someone who holds none. */
export const matrixRoles = [...Object.keys(systemRoles), "no role"];

/** Which role may call which route; sorted by path. */
export function accessMatrix(routes: readonly RestRoute[]): AccessRow[] {
  const granted = [...Object.values(systemRoles).map(({ permissions }) => permissions), []];
  return routes
    .toSorted((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method))
    .map(({ method, path, meta }) => {
      const requires = meta.requires ?? "authenticated";
      const allowed = granted.map(
        (permissions) =>
          requires === "public" || requires === "authenticated" || isPermitted(permissions, requires),
      );
      return { route: `${method} ${path}`, requires, allowed };
    });
}

/** The matrix as a table of text: + may, · may not. */
export function renderMatrix(rows: readonly AccessRow[]): string {
  const header = ["Route", "Needs", ...matrixRoles];
  const cells = rows.map(({ route, requires, allowed }) => [
    route,
    requires,
    ...allowed.map((isAllowed) => (isAllowed ? "+" : "·")),
  ]);
  const widths = header.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  return [header, widths.map((width) => "-".repeat(width)), ...cells]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
