import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { packageRoot, repositoryRoot } from "./layout.ts";

const run = promisify(execFile);

/**
 * Compiles this package, and the router that its types come from, below a folder.
 * @throws Error with the compiler's words when the types do not hold
 */
export async function compilePackage(folder: string): Promise<void> {
  const compiler = join(repositoryRoot, "node_modules/.bin/tsc");
  const compiled = run(compiler, ["--project", join(packageRoot, "tsconfig.pack.json"), "--outDir", folder]);
  await compiled.catch((error: unknown) => {
    throw new Error(`The client's types do not hold:\n${(error as { stdout: string }).stdout}`);
  });
}
