import { execFile } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptConfiguration, onlySources } from "./apt-configuration.ts";

const run = promisify(execFile);

/** apt with a state of its own: it needs no root and touches nothing of the machine's. */
export interface AptArchive {
  /** Fetches the lists of what the sources offer. */
  update(): Promise<void>;
  /**
   * The names that can be downloaded.
   *
   * @throws Error when there are none: no archive could be reached.
   */
  packageNames(): Promise<Set<string>>;
  /** One line for each of the sources' package lists. @param format as `apt-get indextargets --format` takes it. */
  describeSources(format: string): Promise<string[]>;
  /** From now on packages come from this source alone. @param line as in sources.list. */
  useOnly(line: string): Promise<void>;
  /** Downloads these packages, and no others. */
  download(names: readonly string[]): Promise<void>;
  /** Downloads these packages and everything they depend on, the C library included. */
  downloadWithDependencies(names: readonly string[]): Promise<void>;
}

/**
 * Downloads packages from the distribution's archive and unpacks them into a folder; nothing is installed.
 *
 * @param tree where the unpacked files end up; it appears complete or not at all.
 * @param signal ends the download; nothing of it stays.
 * @throws Error of `fetch`, or when a package cannot be unpacked.
 */
export async function unpackPackages(
  tree: string,
  signal: AbortSignal,
  fetch: (archive: AptArchive) => Promise<void>,
): Promise<void> {
  const parent = join(tree, "..");
  mkdirSync(parent, { recursive: true });
  const work = mkdtempSync(join(parent, "unpacking-"));
  try {
    await fetch(createArchive(work, signal));
    const packages = packageFolder(work);
    const unpacked = join(work, "tree");
    mkdirSync(unpacked);
    for (const file of readdirSync(packages).filter((name) => name.endsWith(".deb"))) {
      await run("dpkg", ["-x", join(packages, file), unpacked], { signal });
    }
    moveIntoPlace(unpacked, tree);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function createArchive(work: string, signal: AbortSignal): AptArchive {
  for (const folder of ["state/lists/partial", "cache/archives/partial", "log"]) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  writeFileSync(join(work, "state", "status"), "");
  const configuration = join(work, "apt.conf");
  writeFileSync(configuration, aptConfiguration(work));
  const options = {
    env: { ...process.env, APT_CONFIG: configuration, LC_ALL: "C" },
    signal,
    cwd: packageFolder(work),
    maxBuffer: 64 * 1024 * 1024,
  };
  const lines = async (command: string, args: readonly string[]) =>
    (await run(command, args, options)).stdout.split("\n").filter((line) => line !== "");
  const update = async () => {
    // A third-party source of the machine that does not answer must not stop us: the download decides.
    await run("apt-get", ["update", "-q"], options).catch(() => signal.throwIfAborted());
  };
  return {
    update,
    async packageNames() {
      const names = await lines("apt-cache", ["pkgnames"]);
      if (names.length === 0) throw new Error("the distribution's package archive cannot be reached");
      return new Set(names);
    },
    describeSources: (format) =>
      lines("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]),
    async useOnly(line) {
      const list = join(work, "only.list");
      writeFileSync(list, `${line}\n`);
      appendFileSync(configuration, onlySources(list));
      await update();
    },
    async download(names) {
      await run("apt-get", ["download", "-q", ...names], options);
    },
    async downloadWithDependencies(names) {
      const how = ["install", "-q", "-y", "--no-install-recommends", "--download-only"];
      await run("apt-get", [...how, ...names], options);
    },
  };
}

/** Where apt puts what it downloads as dependencies; single packages go into the working folder, which is the same. */
function packageFolder(work: string): string {
  return join(work, "cache", "archives");
}

/** Two commands may unpack at the same time; the first one to finish wins, the result is the same. */
function moveIntoPlace(unpacked: string, tree: string): void {
  try {
    renameSync(unpacked, tree);
  } catch (error) {
    if (!existsSync(tree)) throw error;
  }
}
