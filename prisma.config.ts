import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "prisma/config";

const root = dirname(fileURLToPath(import.meta.url));

// Prisma downloads its schema engine on installation. Where that was not possible, commands that do not need it
// (generate, format, validate) work with any executable in its place; those that do fail with its message.
if (!hasSchemaEngine()) {
  process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= join(root, "packages/db/src/cli/schema-engine-missing.sh");
}
process.env["CHECKPOINT_DISABLE"] ??= "1";

const url = process.env["DATABASE_URL"];

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations", seed: "node prisma/seed.ts" },
  ...(url !== undefined && { datasource: { url } }),
});

function hasSchemaEngine(): boolean {
  const engines = dirname(createRequire(import.meta.url).resolve("@prisma/engines/package.json"));
  return ["debian-openssl-3.0.x", "darwin-arm64", "darwin", "linux-musl-openssl-3.0.x", "rhel-openssl-3.0.x"].some(
    (platform) => existsSync(join(engines, `schema-engine-${platform}`)),
  );
}
