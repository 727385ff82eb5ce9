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

/** What is no procedure of version 1. Of what the document leaves out, nothing is recorded: its test stands here. */
const outside: Readonly<Record<string, Omit<MapRow, "endpoint">>> = {
  "GET /docs": {
    procedure: "the documentation, off in production unless enabled",
    ...{ needs: "public", test: "apps/api/src/app.int.test.ts" },
  },
  "GET /health": { procedure: "the process answers", needs: "public", test: "" },
  "GET /metrics": {
    procedure: "the measurements, for Prometheus",
    ...{ needs: "METRICS_TOKEN in production", test: "apps/api/src/http/metrics.test.ts" },
  },
  "GET /openapi.json": {
    procedure: "the OpenAPI document, off in production unless enabled",
    ...{ needs: "public", test: "apps/api/src/app.int.test.ts" },
  },
  "GET /queues": {
    procedure: "the jobs of every queue, off unless enabled",
    ...{ needs: "system:status, by a login", test: "apps/api/src/queue-board/queue-board.int.test.ts" },
  },
  "GET /ready": { procedure: "the process can do its work", needs: "public", test: "" },
  "GET /trpc/{procedures}": {
    procedure: "the same procedures that read, for the typed client",
    ...{ needs: "what they need", test: "apps/api/src/app.int.test.ts" },
  },
  "POST /trpc/{procedures}": {
    procedure: "the same procedures that change, for the typed client",
    ...{ needs: "what they need", test: "apps/api/src/app.int.test.ts" },
  },
};

/** The rows of the map, sorted by path. */
export function mapRows(routes: readonly RestRoute[], answers: readonly Answer[]): MapRow[] {
  const tests = testsByEndpoint(answers);
  const served = routes.flatMap(({ method, path, procedure, meta }) => {
    const row = { procedure: `\`${procedure.join(".")}\``, needs: meta.requires ?? "authenticated" };
    const methods = meta.formAndQuery ? [method, "GET"] : [method];
    return methods.map((one) => ({ ...row, endpoint: `${one} /api/v1${path}`, test: "" }));
  });
  const others = Object.entries(outside).map(([endpoint, row]) => ({ endpoint, ...row }));
  return [...served, ...others]
    .map((row) => ({ ...row, test: tests.get(row.endpoint) ?? row.test }))
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
