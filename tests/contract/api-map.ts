import type { RestRoute } from "../../apps/api/src/rest/routes.ts";
import { specifiedEndpoints } from "./specified-endpoints.ts";
import type { Answer } from "./support/record.ts";

/** One route: what it calls, what a caller needs, and a test that sees it succeed. */
export interface MapRow {
  endpoint: string;
  procedure: string;
  needs: string;
  test: string;
}

const outside: Readonly<Record<string, string>> = {
  "GET /health": "the process answers",
  "GET /ready": "the process can do its work",
};

/** The rows of the map, sorted by path. */
export function mapRows(routes: readonly RestRoute[], answers: readonly Answer[]): MapRow[] {
  const tests = testsByEndpoint(answers);
  const served = routes.flatMap(({ method, path, procedure, meta }) => {
    const row = { procedure: `\`${procedure.join(".")}\``, needs: meta.requires ?? "authenticated" };
    const methods = meta.formAndQuery ? [method, "GET"] : [method];
    return methods.map((one) => ({ ...row, endpoint: `${one} /api/v1${path}` }));
  });
  const others = Object.entries(outside).map(([endpoint, what]) => ({
    endpoint,
    procedure: what,
    needs: "public",
  }));
  return [...served, ...others]
    .map((row) => ({ ...row, test: tests.get(row.endpoint) ?? "" }))
    .toSorted((a, b) => sortKey(a).localeCompare(sortKey(b)));
}

function sortKey({ endpoint }: { endpoint: string }): string {
  const [method = "", path = ""] = endpoint.split(" ");
  return `${path} ${method}`;
}

/** The test that says most about an endpoint: not one that walks through all of them, where there is another. */
function testsByEndpoint(answers: readonly Answer[]): Map<string, string> {
  const tests = new Map<string, string>();
  const walks = /access|bad-input|audited|object-access|answers|repeatable/;
  const rank = (test: string) => (walks.test(test) ? 1 : 0);
  for (const { operation, status, test } of answers) {
    if (operation === undefined || status >= 300) continue;
    const known = tests.get(operation);
    const isBetter =
      known === undefined || rank(test) < rank(known) || (rank(test) === rank(known) && test < known);
    if (isBetter) tests.set(operation, test);
  }
  return tests;
}

/** The map as a document. */
export function renderMap(rows: readonly MapRow[]): string {
  const lines = rows.map(({ endpoint, procedure, needs, test }) => {
    const isAsked = specifiedEndpoints.includes(endpoint);
    return `| \`${endpoint}\` | ${procedure} | ${needs} | ${isAsked ? "yes" : ""} | \`${test}\` |`;
  });
  return `# Which endpoint calls what, and which test shows it?

Written by \`npm run api-map\` from the router and from what the tests were answered; a test holds it against both. The
full description of each is in \`docs/openapi.json\`, at \`/docs\` of a running API.

| Endpoint | Procedure | Needs | Specified | Seen to succeed in |
| --- | --- | --- | --- | --- |
${lines.join("\n")}
`;
}
