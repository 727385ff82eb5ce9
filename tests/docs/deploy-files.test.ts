import { describe, expect, it } from "vitest";
import { readAppVariables } from "./app-variables.ts";
import { readText, repositoryFiles } from "./repository.ts";

const workspaces = repositoryFiles()
  .filter((path) => /^(?:apps|packages)\/[^/]+\/package\.json$/.test(path))
  .map((path) => path.replace("/package.json", ""));
/** What no app runs. */
const notShipped = ["packages/client", "packages/sandbox"];
const dockerfile = readText("Dockerfile");
const compose = readText("docker-compose.yml");
/** What the apps read and docker-compose.yml does not pass on, deliberately. */
const notPassedOn = [
  // The image sets them.
  ...["NODE_ENV", "HOST", "PORT", "WORKER_HEALTH_PORT"],
  // Refused in production.
  ...["SANDBOX", "FCM_SERVER", "FCM_ACCESS_TOKEN", "APNS_SERVER", "PUSH_CA"],
];

describe("the Dockerfile", () => {
  it.each(workspaces)("copies the manifest of %s before it installs", (workspace) => {
    expect(dockerfile).toContain(`COPY ${workspace}/package.json ${workspace}/\n`);
  });

  it.each(workspaces.filter((path) => path.startsWith("packages/") && !notShipped.includes(path)))(
    "puts %s into the image",
    (workspace) => {
      expect(dockerfile).toContain(`COPY ${workspace} ${workspace}\n`);
    },
  );

  it("runs nothing that does not exist", () => {
    const files = repositoryFiles();
    const entries = [dockerfile, compose]
      .flatMap((text) => text.match(/(?:apps|packages)\/[\w/-]+\.ts\b/g) ?? [])
      .filter((entry) => !files.includes(entry));
    expect(entries).toEqual([]);
  });
});

describe("docker-compose.yml", () => {
  it("gives no secret a default", () => {
    const defaults = compose.match(/\$\{\w*(?:SECRET|PASSWORD|TOKEN)\w*(?::?-)[^}]*\}/g);
    expect(defaults).toBeNull();
  });

  it.each(["api", "worker"] as const)("passes on to the %s what it reads, and nothing else", async (app) => {
    const passedOn = ["x-database-environment", "x-app-environment", `  ${app}`].flatMap(variablesUnder);
    const expected = (await readAppVariables(app)).filter((name) => !notPassedOn.includes(name));
    expect(passedOn.toSorted()).toEqual(expected.toSorted());
  });
});

/** The variables within a section of docker-compose.yml, which ends where a line is indented no more than its key. */
function variablesUnder(key: string): string[] {
  const lines = compose.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (start === -1) throw new Error(`docker-compose.yml has no ${key}`);
  const indent = key.length - key.trimStart().length;
  const isOutside = (line: string): boolean => line.length > indent && line.charAt(indent) !== " ";
  const length = lines.slice(start + 1).findIndex(isOutside);
  return lines
    .slice(start + 1, start + 1 + length)
    .flatMap((line) => /^ +([A-Z][A-Z0-9_]*):/.exec(line)?.[1] ?? []);
}
