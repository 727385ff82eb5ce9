import { describe, expect, it } from "vitest";
import { readText, repositoryFiles } from "./repository.ts";

const workspaces = repositoryFiles()
  .filter((path) => /^(?:apps|packages)\/[^/]+\/package\.json$/.test(path))
  .map((path) => path.replace("/package.json", ""));
/** What no app runs. */
const notShipped = ["packages/client", "packages/sandbox"];
const dockerfile = readText("Dockerfile");

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
    const entries = [dockerfile, readText("docker-compose.yml")]
      .flatMap((text) => text.match(/(?:apps|packages)\/[\w/-]+\.ts\b/g) ?? [])
      .filter((entry) => !files.includes(entry));
    expect(entries).toEqual([]);
  });
});

describe("docker-compose.yml", () => {
  it("gives no secret a default", () => {
    const defaults = readText("docker-compose.yml").match(
      /\$\{\w*(?:SECRET|PASSWORD|TOKEN)\w*(?::?-)[^}]*\}/g,
    );
    expect(defaults).toBeNull();
  });
});
