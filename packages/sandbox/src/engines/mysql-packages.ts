/** What `findDebianArchive` reads about each source. */
export const SOURCE_FORMAT = "$(REPO_URI) $(ORIGIN) $(LABEL)";

const SERVER = /^mysql-server-core(?:-(\d+)\.(\d+))?$/;

/**
 * The package that holds the MySQL server, the newest where there are several: Ubuntu puts the version into the name,
 * Debian does not. Undefined where none is offered.
 */
export function chooseMysqlPackage(offered: ReadonlySet<string>): string | undefined {
  return [...offered].filter((name) => SERVER.test(name)).toSorted((a, b) => versionOf(b) - versionOf(a))[0];
}

/**
 * The address of Debian's main archive among a machine's sources, as it stands there: a mirror or a cache stays one.
 *
 * @param lines one for each source, in SOURCE_FORMAT.
 */
export function findDebianArchive(lines: readonly string[]): string | undefined {
  const line = lines.find((source) => /^\S+ Debian Debian$/.test(source));
  return line?.split(" ")[0];
}

/** A name without a version is that of a distribution that offers a single one. */
function versionOf(name: string): number {
  const [, major, minor] = SERVER.exec(name) ?? [];
  return major === undefined ? Number.POSITIVE_INFINITY : Number(major) * 1_000 + Number(minor);
}
