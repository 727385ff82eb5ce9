import { existsSync } from "node:fs";
import { unpackPackages } from "./apt-archive.ts";
import { chooseMysqlPackage, findDebianArchive, SOURCE_FORMAT } from "./mysql-packages.ts";

/** Debian's own keys, where a source must name the ones it is signed with. */
const DEBIAN_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * Downloads MySQL with everything it needs, the C library included, and unpacks it into a folder: no root, nothing
 * installed, about 75 MB. Ubuntu's releases have it. Debian's do not, but its unstable suite does: a server that
 * brings its own C library runs on any release.
 *
 * @param tree where the unpacked files end up; it appears complete or not at all.
 * @param signal ends the download; nothing of it stays.
 * @throws Error when the archive cannot be reached or does not offer MySQL.
 */
export function unpackAptMysql(tree: string, signal: AbortSignal): Promise<void> {
  return unpackPackages(tree, signal, async (archive) => {
    await archive.update();
    let name = chooseMysqlPackage(await archive.packageNames());
    if (name === undefined) {
      const debian = findDebianArchive(await archive.describeSources(SOURCE_FORMAT));
      if (debian === undefined) throw new Error("the distribution's archive offers no MySQL");
      const keys = existsSync(DEBIAN_KEYS) ? `[signed-by=${DEBIAN_KEYS}] ` : "";
      await archive.useOnly(`deb ${keys}${debian} sid main`);
      name = chooseMysqlPackage(await archive.packageNames());
    }
    if (name === undefined) throw new Error("Debian's archive offers no MySQL for this machine");
    await archive.downloadWithDependencies([name]);
  });
}
