import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { MariadbBinaries, RedisBinaries } from "./engine.ts";

/** The programs inside a tree that `unpackAptEngines` made. */
export function unpackedBinaries(tree: string): { mariadb: MariadbBinaries; redis: RedisBinaries } {
  const env = { LD_LIBRARY_PATH: libraryFolders(tree).join(":") };
  return {
    mariadb: {
      mariadbd: join(tree, "usr", "sbin", "mariadbd"),
      installDb: join(tree, "usr", "bin", "mariadb-install-db"),
      baseDirectory: join(tree, "usr"),
      env,
    },
    // redis-server is a link to this file in a package of its own, whose service scripts are not wanted here.
    redis: { redisServer: join(tree, "usr", "bin", "redis-check-rdb"), argv0: "redis-server", env },
  };
}

/** Debian keeps libraries by architecture: usr/lib/x86_64-linux-gnu, lib/aarch64-linux-gnu … */
function libraryFolders(tree: string): string[] {
  return ["usr/lib", "lib"]
    .map((folder) => join(tree, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith("-linux-gnu") || name.endsWith("-linux-gnueabihf"))
        .map((name) => join(folder, name)),
    );
}
