import { join } from "node:path";

/**
 * The text of an APT_CONFIG file that moves all of apt's state into one folder, so that it works without root and
 * leaves the machine's own package state alone.
 *
 * @param folder absolute path.
 */
export function aptConfiguration(folder: string): string {
  const state = join(folder, "state");
  const cache = join(folder, "cache");
  return [
    `Dir::State "${state}";`,
    `Dir::State::lists "${join(state, "lists")}";`,
    `Dir::State::status "${join(state, "status")}";`,
    `Dir::Cache "${cache}";`,
    `Dir::Cache::archives "${join(cache, "archives")}";`,
    `Dir::Log "${join(folder, "log")}";`,
    'Debug::NoLocking "true";',
    // Downloads run as the caller: the _apt account cannot read a private folder.
    'APT::Sandbox::User "";',
    'Acquire::Languages "none";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "20";',
    // Hooks that container images add want root.
    "#clear APT::Update::Pre-Invoke;",
    "#clear APT::Update::Post-Invoke;",
    "#clear APT::Update::Post-Invoke-Success;",
    "#clear DPkg::Post-Invoke;",
    "",
  ].join("\n");
}

/** Further lines of that file: packages come from the sources of one list alone, whatever the machine prefers. */
export function onlySources(listFile: string): string {
  return [
    `Dir::Etc::sourcelist "${listFile}";`,
    'Dir::Etc::sourceparts "/dev/null";',
    'Dir::Etc::preferences "/dev/null";',
    'Dir::Etc::preferencesparts "/dev/null";',
    "",
  ].join("\n");
}
