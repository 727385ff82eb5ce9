#!/usr/bin/env node
// Runs a TypeScript entry with the pinned Node 24, installing the dependencies first when they are missing or stale.
// Plain Node without dependencies: this is what a fresh clone executes before anything is installed.
//
//   node scripts/run.mjs <entry.ts> [arguments…]
import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const lockfile = join(root, "package-lock.json");
const installedLockfile = join(root, "node_modules", ".installed-package-lock.json");
const installingFile = join(root, ".local", "installing.pid");
const pinnedNode = join(root, "node_modules", ".bin", "node");
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];

if (majorVersion(process.versions.node) < 20) {
  fail(`Node 20 or newer is needed to begin with; this is ${process.versions.node}.`);
}
await installWhenStale();
runEntry(process.argv.slice(2));

async function installWhenStale() {
  if (isInstalled()) return;
  await waitForOtherInstall();
  if (isInstalled()) return;
  mkdirSync(dirname(installingFile), { recursive: true });
  writeFileSync(installingFile, String(process.pid));
  process.once("exit", releaseInstall);
  await install();
  process.off("exit", releaseInstall);
  releaseInstall();
}

function isInstalled() {
  return existsSync(installedLockfile) && readFileSync(installedLockfile).equals(readFileSync(lockfile));
}

function releaseInstall() {
  rmSync(installingFile, { force: true });
}

/** Two npm ci in one folder remove each other's files. */
async function waitForOtherInstall() {
  let isTold = false;
  while (existsSync(installingFile) && isAlive(Number(readFileSync(installingFile, "utf8")))) {
    if (!isTold) console.log("▸ Another command installs the dependencies; waiting for it");
    isTold = true;
    await delay(500);
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function install() {
  const startedAt = Date.now();
  const elapsed = () => `${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
  const { isTTY } = process.stdout;
  console.log("▸ Installing dependencies (npm ci; about a minute the first time)");
  const ticking = setInterval(
    () => process.stdout.write(isTTY ? `\r▸ Installing dependencies ${elapsed()}` : `  … ${elapsed()}\n`),
    isTTY ? 1_000 : 15_000,
  );
  const { code, output } = await runNpmCi();
  clearInterval(ticking);
  if (code !== 0) fail(`npm ci failed; check the network and run the command again.\n${output.trim()}`);
  copyFileSync(lockfile, installedLockfile);
  console.log(`${isTTY ? "\r" : ""}✓ Installing dependencies ${elapsed()}`);
}

/**
 * Quiet unless it fails: npm's warnings about the machine's own Node say nothing about the one that is used.
 *
 * @returns {Promise<{ code: number, output: string }>}
 */
function runNpmCi() {
  return new Promise((resolve) => {
    const child = spawn(
      "npm",
      ["ci", "--loglevel=error", "--no-progress", "--include=dev", "--include=optional"],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const stopInstalling = (signal) => child.kill(signal);
    for (const signal of STOP_SIGNALS) process.on(signal, stopInstalling);
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", (error) => resolve({ code: 1, output: error.message }));
    child.once("close", (code) => {
      for (const signal of STOP_SIGNALS) process.off(signal, stopInstalling);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** @param {string[]} args */
function runEntry([entry, ...entryArguments]) {
  if (entry === undefined) fail("Usage: node scripts/run.mjs <entry.ts> [arguments…]");
  const child = spawn(findNode(), [join(root, entry), ...entryArguments], {
    cwd: root,
    // The channel carries nothing: it closes when this process dies in whatever way, and the entry notices.
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  // A terminal sends Ctrl-C to the whole group; a supervisor signals only this process.
  for (const signal of STOP_SIGNALS) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(`Node cannot be run: ${error.message}`));
  child.once("exit", (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

/** The pinned Node comes as an optional package; a platform without one must bring a Node that runs TypeScript. */
function findNode() {
  if (existsSync(pinnedNode)) return pinnedNode;
  if (majorVersion(process.versions.node) >= 24) return process.execPath;
  return fail(
    `There is no packaged Node 24 for ${process.platform} ${process.arch}: install Node 24 (this is ${process.versions.node}).`,
  );
}

/** @param {string} version */
function majorVersion(version) {
  return Number(version.split(".")[0]);
}

/**
 * @param {string} message
 * @returns {never}
 */
function fail(message) {
  console.error(`✗ ${message}`);
  process.exit(1);
}
