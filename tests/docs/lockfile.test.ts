import { describe, expect, it } from "vitest";
import { readText } from "./repository.ts";

interface LockedPackage {
  resolved?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

const { packages } = JSON.parse(readText("package-lock.json")) as { packages: Record<string, LockedPackage> };

describe("the lockfile", () => {
  it("names no registry host, so that every registry can serve it", () => {
    const hosts = Object.entries(packages).filter(
      ([, { resolved, link }]) => !link && resolved !== undefined,
    );
    expect(hosts.map(([path, { resolved }]) => `${path}: ${resolved}`)).toEqual([]);
    expect(readText(".npmrc")).not.toMatch(/registry\s*=|:\/\//);
  });

  it("lists the optional packages of every platform, else npm ci refuses it (node scripts/complete-lockfile.mjs)", () => {
    const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
    const missing = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !names.has(name));
    expect(missing).toEqual([]);
  });
});
