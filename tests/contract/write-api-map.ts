// Writes docs/api-map.md from the routes and from what the tests were answered: npm run api-map, after npm test.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { restRoutes } from "../../apps/api/src/rest/routes.ts";
import { v1Router } from "../../apps/api/src/routers/v1.ts";
import { mapRows, renderMap } from "./api-map.ts";
import { readRecords } from "./support/record.ts";

const rows = mapRows(restRoutes(v1Router), readRecords());
writeFileSync(join(import.meta.dirname, "../../docs/api-map.md"), renderMap(rows));
console.log(`Written: docs/api-map.md, ${rows.length} routes`);
