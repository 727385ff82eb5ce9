import { execFile } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");

/** How long one step may take, a registry that is far away included. Milliseconds. */
const patienceMs = 240_000;

/** A folder outside the repository with a program and the client that it uses. */
export interface Installation {
  folder: string;
  remove: () => Promise<void>;
}

/**
 * Takes an example to an empty folder and does there what another team does: `npm install` of the packed client, which
 * brings what the client and the example's package.json name, from the registry. Nothing is left where it fails.
 */
export async function installClientFor(example: string): Promise<Installation> {
  const workspace = await mkdtemp(join(tmpdir(), "tocsin-example-"));
  const remove = () => rm(workspace, { recursive: true, force: true });
  try {
    const packing = [join(root, "packages/client/src/cli/pack.ts"), join(workspace, "packed")];
    const { stdout } = await run("node", packing, { timeout: patienceMs });
    const tarball = stdout.trim().replace(/^Written: /, "");
    const folder = join(workspace, example);
    await cp(join(root, "examples", example), folder, {
      recursive: true,
      filter: (path) => !path.includes("node_modules"),
    });
    await run("npm", ["install", tarball, "--prefer-offline", "--no-audit", "--no-fund"], {
      cwd: folder,
      timeout: patienceMs,
    });
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** What the compiler that was installed with a program has to say about it. Nothing is well. */
export async function compilerErrors(folder: string): Promise<string> {
  try {
    const { stdout } = await run("npx", ["tsc", "--noEmit"], { cwd: folder, timeout: patienceMs });
    return stdout;
  } catch (error) {
    const { stdout, message } = error as { stdout?: string; message: string };
    return stdout || message;
  }
}
