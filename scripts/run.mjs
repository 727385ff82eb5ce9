#!/usr/bin/env node
// Runs a TypeScript entry with the pinned Node 24, installing the dependencies first when they are missing or stale.
// Plain Node without dependencies: this is what a fresh clone executes before anything is installed.
//
//   node scripts/run.mjs <entry.ts> [arguments…]
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(root, "package-lock.json");
const installedLockfile = join(root, "node_modules", ".installed-package-lock.json");
const pinnedNode = join(root, "node_modules", ".bin", "node");

installWhenStale();
runEntry(process.argv.slice(2));

function installWhenStale() {
  const isCurrent =
    existsSync(installedLockfile) &&
    readFileSync(installedLockfile).equals(readFileSync(lockfile));
  if (isCurrent) return;
  console.error("▸ Installing dependencies (npm ci)…");
  const { status } = spawnSync("npm", ["ci", "--loglevel=error", "--no-progress"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    console.error("✗ npm ci failed (see above). Check the network and run the command again.");
    process.exit(1);
  }
  copyFileSync(lockfile, installedLockfile);
}

function runEntry([entry, ...entryArguments]) {
  const node = existsSync(pinnedNode) ? pinnedNode : process.execPath;
  const child = spawn(node, [join(root, entry), ...entryArguments], { cwd: root, stdio: "inherit" });
  // A terminal sends Ctrl-C to the whole group; a supervisor signals only this process.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
