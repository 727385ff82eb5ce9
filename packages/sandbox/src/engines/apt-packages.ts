/** Without these there are no engines. Ubuntu puts MariaDB's version into the name; Debian does not. */
const REQUIRED: readonly RegExp[] = [
  /^mariadb-server-core(-\d+\.\d+)?$/,
  /^mariadb-client-core(-\d+\.\d+)?$/,
  /^mariadb-common$/,
  /^redis-tools$/,
];

/** What the two programs link to and a bare image may lack; newer releases append t64 to some names. */
const LIBRARIES: readonly string[] = [
  "libaio1",
  "libatomic1",
  "libbsd0",
  "libcap2",
  "libcrypt1",
  "libedit2",
  "libgcrypt20",
  "libgpg-error0",
  "libjemalloc2",
  "liblz4-1",
  "liblzf1",
  "liblzma5",
  "libmd0",
  "libncurses6",
  "libnuma1",
  "libpcre2-8-0",
  "libssl3",
  "libstdc++6",
  "libsystemd0",
  "libtinfo6",
  "liburing2",
  "libzstd1",
  "zlib1g",
];

/**
 * Chooses the packages to download from the names a distribution offers.
 *
 * @throws RangeError when the distribution does not offer an engine itself.
 */
export function chooseAptPackages(offered: ReadonlySet<string>): string[] {
  const names = [...offered].toSorted();
  const engines = REQUIRED.map((pattern) => {
    const found = names.find((name) => pattern.test(name));
    if (found === undefined) throw new RangeError(`the archive offers no package ${pattern.source}`);
    return found;
  });
  const libraries = LIBRARIES.flatMap((name) => [name, `${name}t64`]).filter((name) => offered.has(name));
  return [...engines, ...libraries];
}
