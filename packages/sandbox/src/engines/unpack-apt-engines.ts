import { unpackPackages } from "./apt-archive.ts";
import { chooseAptPackages } from "./apt-packages.ts";

/**
 * Downloads MariaDB and Redis from the distribution's own archive and unpacks them into a folder: no root, nothing
 * installed, about 20 MB.
 *
 * @param tree where the unpacked files end up; it appears complete or not at all.
 * @param signal ends the download; nothing of it stays.
 * @throws Error when the archive cannot be reached or does not offer the packages.
 */
export function unpackAptEngines(tree: string, signal: AbortSignal): Promise<void> {
  return unpackPackages(tree, signal, async (archive) => {
    await archive.update();
    await archive.download(chooseAptPackages(await archive.packageNames()));
  });
}
