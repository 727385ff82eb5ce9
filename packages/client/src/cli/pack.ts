// Writes tocsin-client-<version>.tgz for other teams to install, to packages/client/dist or to the folder that is named:
// npm run client:pack
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../pack/layout.ts";
import { writePackage } from "../pack/write-package.ts";

const destination = resolve(process.argv[2] ?? join(packageRoot, "dist"));
const folder = join(destination, "package");
await writePackage(folder);
const { stdout } = await promisify(execFile)(
  "npm",
  ["pack", "--loglevel=error", "--pack-destination", destination],
  { cwd: folder },
);
console.log(`Written: ${join(destination, stdout.trim())}`);
