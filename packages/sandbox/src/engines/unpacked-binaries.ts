import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { MariadbBinaries, MysqlBinaries, RedisBinaries } from "./engine.ts";

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

/**
 * MySQL inside a tree that `unpackAptMysql` made. The tree has its own C library, and a C library works only with the
 * loader of the same version: that loader is the program to start.
 */
export function unpackedMysql(tree: string): MysqlBinaries {
  const libraries = libraryFolders(tree);
  const baseDirectory = join(tree, "usr");
  const loader = libraries
    .flatMap((folder) => readdirSync(folder).map((name) => ({ folder, name })))
    .find(({ name }) => /^ld-linux.*\.so\.\d+$/.test(name));
  const mysqld = join(baseDirectory, "sbin", "mysqld");
  const program =
    loader === undefined
      ? ([mysqld] as const)
      : ([join(loader.folder, loader.name), "--library-path", libraries.join(":"), mysqld] as const);
  return { mysqld: program, baseDirectory };
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
