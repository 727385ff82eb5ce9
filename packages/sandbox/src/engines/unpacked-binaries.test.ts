import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unpackedMysql } from "./unpacked-binaries.ts";

let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), "tocsin-tree-"));
});

afterEach(() => rmSync(tree, { recursive: true, force: true }));

test.each([
  ["usr/lib/x86_64-linux-gnu", "ld-linux-x86-64.so.2"],
  ["lib/aarch64-linux-gnu", "ld-linux-aarch64.so.1"],
])("the server is run by the loader of its own C library, found in %s", (folder, loader) => {
  mkdirSync(join(tree, folder), { recursive: true });
  writeFileSync(join(tree, folder, loader), "");
  expect(unpackedMysql(tree).mysqld).toEqual([
    join(tree, folder, loader),
    "--library-path",
    join(tree, folder),
    join(tree, "usr/sbin/mysqld"),
  ]);
});
