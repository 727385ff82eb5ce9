import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");

/** A folder outside the repository with a program and the client that it uses. */
export interface Installation {
  folder: string;
  remove: () => Promise<void>;
}

/**
 * Copies an example to a folder of its own and installs the packed client there. Of other packages it finds those
 * that the client names as its dependencies, and the types of Node; nothing of the repository's own.
 */
export async function installClientFor(example: string): Promise<Installation> {
  const { stdout } = await run("node", [join(root, "packages/client/src/cli/pack.ts")]);
  const tarball = stdout.trim().replace(/^Written: /, "");
  const folder = await mkdtemp(join(tmpdir(), "tocsin-example-"));
  const modules = join(folder, "node_modules");
  const client = join(modules, "@tocsin/client");
  await cp(join(root, "examples", example), folder, { recursive: true });
  await mkdir(client, { recursive: true });
  await run("tar", ["-xzf", tarball, "-C", client, "--strip-components=1"]);
  const manifest = await readFile(join(client, "package.json"), "utf8");
  const { dependencies } = JSON.parse(manifest) as { dependencies: Record<string, string> };
  for (const name of [...Object.keys(dependencies), "@types/node"]) {
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(join(root, "node_modules", name), join(modules, name));
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** What the compiler has to say about the program in a folder. Nothing is well. */
export async function compilerErrors(folder: string): Promise<string> {
  const compiler = join(root, "node_modules/.bin/tsc");
  const { stdout } = await run(compiler, ["--project", folder]).catch(
    (error: unknown) => error as { stdout: string },
  );
  return stdout;
}
