import type { AnyRouter } from "@trpc/server";
import { generateOpenApiDocument, type OpenApiRouter } from "trpc-openapi";
import { restRoutes } from "../rest/routes.ts";
import { describeQueryAlias, describeRoute, type Operation } from "./describe-route.ts";
import { healthPaths } from "./health-paths.ts";
import { sharedComponents } from "./shared-components.ts";

const description = `Events in, alerts out.

Errors are problem details (RFC 9457) with a \`code\` from a closed list. Send \`Authorization: Bearer <accessToken>\`.
Each answer carries \`X-Request-Id\`, and \`RateLimit\` where a limit applies: 20 logins and the like and 3,000 other
requests from one address in a minute, and 600,000 with events of one API key, unless configured otherwise
(\`x-rate-limit\` names the one of each route).

A path and headers of more than 16 kB together are answered with 431, before anything else.

POST routes take \`Idempotency-Key\`: a request that is sent again with the same key and body is made once.`;

/** The OpenAPI 3.1 document of a router: generated from the procedures, then completed with what they share. */
export function createOpenApiDocument(router: AnyRouter): Record<string, unknown> {
  const generated = generateOpenApiDocument(router as OpenApiRouter, {
    title: "Tocsin",
    description,
    version: "1.0.0",
    openApiVersion: "3.1.0",
    baseUrl: "/api/v1",
    securitySchemes: {},
  }) as unknown as GeneratedDocument;

  const paths = structuredClone(generated.paths);
  for (const route of restRoutes(router)) {
    const item = paths[route.path];
    const method = route.method.toLowerCase();
    const operation = item?.[method];
    if (!item || !operation) continue;
    item[method] = describeRoute(route, operation);
    if (route.meta.formAndQuery) item["get"] = describeQueryAlias(item[method]);
  }
  const own = sharedComponents();
  return {
    openapi: "3.1.0",
    info: {
      title: "Tocsin",
      version: "1.0.0",
      description,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "This server" }],
    tags: tagsOf(paths),
    security: [{ bearer: [] }],
    paths: { ...healthPaths, ...withPrefix(paths, "/api/v1") },
    components: {
      ...own,
      schemas: { ...withoutErrors(generated.components?.schemas ?? {}), ...own.schemas },
    },
  };
}

interface GeneratedDocument {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, unknown> };
}

/** The generator's own error schemas: every error is a Problem here. */
function withoutErrors(schemas: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => !name.startsWith("error.")));
}

function withPrefix<Item>(paths: Readonly<Record<string, Item>>, prefix: string): Record<string, Item> {
  return Object.fromEntries(Object.entries(paths).map(([path, item]) => [prefix + path, item]));
}

function tagsOf(paths: GeneratedDocument["paths"]): { name: string; description: string }[] {
  const names = Object.values(paths).flatMap((item) => Object.values(item).flatMap(({ tags }) => tags ?? []));
  return ["Health", ...new Set(names)].map((name) => ({ name, description: tagDescriptions[name] ?? name }));
}

const tagDescriptions: Readonly<Record<string, string>> = {
  Audit: "Who did what, when",
  "Dead letters": "What could not be processed",
  Silences: "Events that alert nobody for a time",
  Sounds: "What alerts sound like",
  System: "The state of the system's parts",
  Auth: "Registering, logging in and out",
  Config: "What clients need to connect",
  Events: "What back ends send",
  Health: "Whether the service works",
  Notifications: "The caller's alerts",
  Roles: "Named sets of permissions",
  Rules: "When whom to alert",
  Users: "People and their approval",
};
