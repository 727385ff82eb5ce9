import { observeServers } from "./observe-servers.ts";
import { recordExchange } from "./record.ts";

/* Imported by a process that a test starts, before its own entry: watches the API, and nothing else. */
const test = new URL(import.meta.url).searchParams.get("test") ?? "";

if (process.argv[1]?.endsWith("apps/api/src/main.ts")) {
  observeServers((exchange) => recordExchange(test, exchange));
}
