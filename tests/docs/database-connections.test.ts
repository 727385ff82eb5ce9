import { expect, it } from "vitest";
import { readText, repositoryFiles } from "./repository.ts";

/** What opens a connection by the driver itself. */
const OPENS = /import \{[^}]*\bcreate(?:Connection|Pool)\b[^}]*\} from "mariadb"/s;

/** Each call takes the settings of a database URL from the one place that knows what a session starts with. */
const TAKES_CONFIG = /\bdriverConfig\(/;

/** It is given the settings by those who call it, which are in the second test. */
const GIVEN_CONFIG = "packages/db/src/driver-pool.ts";

/** The files that the product runs on: no tests, and nothing that only starts engines for development. */
const sources = repositoryFiles().filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.startsWith("packages/sandbox/"),
);

it("nothing opens a database connection without UTC and the rest of driver-config.ts", () => {
  const openers = sources.filter((file) => OPENS.test(readText(file)));
  expect(openers).toContain(GIVEN_CONFIG);
  const others = openers.filter((file) => file !== GIVEN_CONFIG);
  expect(others.length).toBeGreaterThan(1);
  expect(others.filter((file) => !TAKES_CONFIG.test(readText(file)))).toEqual([]);
});

it("the pools of the driver are those of pool.ts and of Prisma's client", () => {
  const users = sources.filter((file) => /from ".*driver-pool\.ts"/.test(readText(file)));
  expect(users).toEqual(["packages/db/src/client.ts", "packages/db/src/pool.ts"]);
  for (const file of users) expect(readText(file)).toMatch(TAKES_CONFIG);
});
