import { randomBytes } from "node:crypto";
import { testEngineUrl } from "./test-engines.ts";

/** The shared throw-away Redis, with a key prefix that no other test file uses. */
export interface TestRedis {
  url: string;
  /** Such as `test-1f6c…:`; for BullMQ pass it without the colon. */
  prefix: string;
}

/** @throws Error when the tests run without the engines. */
export function testRedis(): TestRedis {
  return { url: testEngineUrl("TOCSIN_TEST_REDIS"), prefix: `test-${randomBytes(6).toString("hex")}:` };
}
