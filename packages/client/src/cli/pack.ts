// Writes packages/client/dist/tocsin-client-<version>.tgz, for other teams to install: npm run client:pack
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../pack/layout.ts";
import { writePackage } from "../pack/write-package.ts";

const folder = join(packageRoot, "dist/package");
await writePackage(folder);
const { stdout } = await promisify(execFile)(
  "npm",
  ["pack", "--loglevel=error", "--pack-destination", ".."],
  {
    cwd: folder,
  },
);
console.log(`Written: ${join(packageRoot, "dist", stdout.trim())}`);
