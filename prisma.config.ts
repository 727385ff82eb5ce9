import { join } from "node:path";
import { readSecret } from "@tocsin/db/secret-files";
import { defineConfig } from "prisma/config";

/**
 * Prisma downloads its schema engine, a binary, before any command that finds none. These never call it, and must
 * work without a network; for `migrate` and `db` it is fetched as usual.
 */
const COMMANDS_WITHOUT_SCHEMA_ENGINE: readonly string[] = ["format", "generate", "studio", "validate"];

if (COMMANDS_WITHOUT_SCHEMA_ENGINE.includes(process.argv[2] ?? "")) {
  process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= join(
    import.meta.dirname,
    "packages/db/bin/no-schema-engine",
  );
}
process.env["CHECKPOINT_DISABLE"] ??= "1";

const url = readSecret(process.env, "DATABASE_URL");

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "node prisma/seed.ts" },
  // Commands that only read the schema need none.
  ...(url === undefined ? {} : { datasource: { url } }),
});
