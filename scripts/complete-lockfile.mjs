#!/usr/bin/env node
// Adds to package-lock.json the optional packages of other platforms that a registry mirror did not serve.
// Without them `npm ci` refuses the lockfile: it wants every platform listed, also those it will not install.
// Run it after `npm install` behind such a mirror; a complete lockfile stays as it is.
//
//   node scripts/complete-lockfile.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const operatingSystems = {
  aix: "aix",
  android: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  netbsd: "netbsd",
  openbsd: "openbsd",
  openharmony: "openharmony",
  sunos: "sunos",
  win32: "win32",
  windows: "win32",
};
const processors = {
  64: "x64",
  arm: "arm",
  arm64: "arm64",
  ia32: "ia32",
  loong64: "loong64",
  mips64el: "mips64el",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  x64: "x64",
};
const libraries = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), "package-lock.json");
const lockfile = JSON.parse(readFileSync(file, "utf8"));
const added = addMissingOptionalPackages(lockfile.packages);
if (added.length > 0) {
  lockfile.packages = sortByKey(lockfile.packages);
  writeFileSync(file, `${JSON.stringify(lockfile, undefined, 2)}\n`);
}
console.log(added.length === 0 ? "The lockfile is complete." : `Added ${added.join(", ")}.`);

function addMissingOptionalPackages(packages) {
  const names = [];
  for (const parent of Object.values(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      if (Object.keys(packages).some((key) => key === path || key.endsWith(`/${path}`))) continue;
      packages[path] = lockedPackage(name, version, parent.dev === true);
      names.push(name);
    }
  }
  return names;
}

function lockedPackage(name, version, isDevelopment) {
  if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version)) {
    throw new Error(`${name}: the range ${version} names no single version; add it with npm install.`);
  }
  const parts = name.split("/").at(-1).split("-");
  const os = find(operatingSystems, parts);
  const cpu = find(processors, parts);
  const libc = find(libraries, parts);
  if (os === undefined || cpu === undefined) {
    throw new Error(`${name}: its name does not tell a platform; add it with npm install.`);
  }
  return {
    version,
    cpu: [cpu],
    ...(isDevelopment ? { dev: true } : {}),
    ...(os === "linux" && libc !== undefined ? { libc: [libc] } : {}),
    optional: true,
    os: [os],
  };
}

function find(table, parts) {
  const part = parts.find((candidate) => Object.hasOwn(table, candidate));
  return part === undefined ? undefined : table[part];
}

function sortByKey(object) {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => a.localeCompare(b, "en")));
}
