import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { declarationsForClients, serverTypes } from "./declarations-for-clients.ts";
import { compilePackage } from "./compile-package.ts";
import { packageRoot, repositoryRoot } from "./layout.ts";

/** What is taken of the compiler's output. */
const compiledFiles = {
  module: "packages/client/src/tocsin-client.js",
  types: "packages/client/src/tocsin-client.d.ts",
  router: "apps/api/src/routers/v1.d.ts",
} as const;

/** What is read of this package's package.json. */
interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  dependencies: Record<string, string>;
}

/** Writes the package as others install it: one module, and types that need neither Express nor Prisma. */
export async function writePackage(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const compiled = await mkdtemp(join(tmpdir(), "tocsin-client-"));
  try {
    await compilePackage(compiled);
    const read = (file: string) => readFile(join(compiled, file), "utf8");
    const files = {
      "package.json": `${JSON.stringify(await manifestForClients(), null, 2)}\n`,
      "tocsin-client.js": await read(compiledFiles.module),
      "tocsin-client.d.ts": declarationsForClients(await read(compiledFiles.types)),
      "app-router.d.ts": declarationsForClients(await read(compiledFiles.router)),
      "server-types.d.ts": serverTypes,
    };
    await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
    await cp(join(packageRoot, "README.md"), join(folder, "README.md"));
    await cp(join(repositoryRoot, "LICENSE"), join(folder, "LICENSE"));
  } finally {
    await rm(compiled, { recursive: true, force: true });
  }
}

async function manifestForClients(): Promise<object> {
  const text = await readFile(join(packageRoot, "package.json"), "utf8");
  const { name, version, description, license, dependencies } = JSON.parse(text) as Manifest;
  return {
    ...{ name, version, description, license, type: "module", sideEffects: false },
    exports: { ".": { types: "./tocsin-client.d.ts", default: "./tocsin-client.js" } },
    dependencies,
  };
}
