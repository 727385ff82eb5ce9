import { relative, resolve } from "node:path";
import { afterAll, afterEach, expect } from "vitest";
import { observeServers } from "./observe-servers.ts";
import { createRecordReader, recordExchange, startRecord } from "./record.ts";

/*
 * Runs before each file of integration and end-to-end tests: every answer of the API is held against its document,
 * also where the API runs as a process of its own, and a violation fails the test that brought it about.
 */
const root = resolve(import.meta.dirname, "../../..");
const test = relative(root, expect.getState().testPath ?? "");

startRecord(test);
observeServers((exchange) => recordExchange(test, exchange));

const preload = new URL("observe-process.ts", import.meta.url);
preload.searchParams.set("test", test);
process.env["TOCSIN_TEST_IMPORT"] = preload.href;

const readFresh = createRecordReader(test);

function expectNoViolation(): void {
  expect(
    readFresh().flatMap(({ violations = [] }) => violations),
    "Every answer is as docs/openapi.json says (write it anew: npm run openapi:write -w apps/api)",
  ).toEqual([]);
}

afterEach(expectNoViolation);
afterAll(expectNoViolation);
