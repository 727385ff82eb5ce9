import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptConfiguration } from "./apt-configuration.ts";
import { chooseAptPackages } from "./apt-packages.ts";

const run = promisify(execFile);

/**
 * Downloads MariaDB and Redis from the distribution's own archive and unpacks them into a folder: no root, nothing
 * installed, about 20 MB.
 *
 * @param tree where the unpacked files end up; it appears complete or not at all.
 * @param signal ends the download; nothing of it stays.
 * @throws Error when the archive cannot be reached or does not offer the packages.
 */
export async function unpackAptEngines(tree: string, signal: AbortSignal): Promise<void> {
  const parent = join(tree, "..");
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, "unpacking-"));
  try {
    const env = { ...process.env, APT_CONFIG: prepareApt(work), LC_ALL: "C" };
    // A third-party source of the machine that does not answer must not stop us: the download below decides.
    await run("apt-get", ["update", "-q"], { env, signal }).catch(() => signal.throwIfAborted());
    const packages = join(work, "packages");
    const unpacked = join(work, "tree");
    mkdirSync(packages);
    mkdirSync(unpacked);
    const names = await offeredPackages(env);
    await run("apt-get", ["download", "-q", ...names], { env, signal, cwd: packages });
    for (const file of readdirSync(packages)) {
      await run("dpkg", ["-x", join(packages, file), unpacked], { signal });
    }
    moveIntoPlace(unpacked, tree);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function prepareApt(work: string): string {
  for (const folder of ["state/lists/partial", "cache/archives/partial", "log"]) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  writeFileSync(join(work, "state", "status"), "");
  const file = join(work, "apt.conf");
  writeFileSync(file, aptConfiguration(work));
  return file;
}

async function offeredPackages(env: NodeJS.ProcessEnv): Promise<string[]> {
  const { stdout } = await run("apt-cache", ["pkgnames"], { env, maxBuffer: 64 * 1024 * 1024 });
  const names = stdout.split("\n").filter((name) => name !== "");
  if (names.length === 0) throw new Error("the distribution's package archive cannot be reached");
  return chooseAptPackages(new Set(names));
}

/** Two commands may unpack at the same time; the first one to finish wins, the result is the same. */
function moveIntoPlace(unpacked: string, tree: string): void {
  try {
    renameSync(unpacked, tree);
  } catch (error) {
    if (!existsSync(tree)) throw error;
  }
}
