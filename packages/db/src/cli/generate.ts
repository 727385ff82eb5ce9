// Writes the database client from prisma/schema.prisma, unless the one that is there was written from the same schema.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { repositoryFolder } from "./repository.ts";
import { runPrisma } from "./run-prisma.ts";

const stampFile = join(repositoryFolder, "packages/db/src/generated/.written-from");

/** Changes with the schema and with the version of Prisma that reads it. */
function currentStamp(): string {
  const hash = createHash("sha256");
  hash.update(readFileSync(join(repositoryFolder, "prisma/schema.prisma")));
  hash.update(readFileSync(createRequire(import.meta.url).resolve("prisma/package.json")));
  return hash.digest("hex");
}

const stamp = currentStamp();
if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
  const { code, output } = runPrisma(["generate"], "collect");
  if (code === 0) {
    writeFileSync(stampFile, stamp);
  } else {
    console.error(output.trim());
    process.exitCode = 1;
  }
}
