// Writes docs/openapi.json anew: npm run openapi:write --workspace @tocsin/api
import { writeFileSync } from "node:fs";
import { renderSnapshot, snapshotFile } from "../openapi/snapshot.ts";

writeFileSync(snapshotFile, renderSnapshot());
console.log(`Written: ${snapshotFile}`);
