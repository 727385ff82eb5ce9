import { defineConfig } from "vitest/config";
import { timeTests } from "./tests/support/time-tests.ts";

/** Zones that are behind UTC and ahead of it, by whole hours with summer time and by half an hour without. */
const ZONES = { "new-york": "America/New_York", kolkata: "Asia/Kolkata" };

/** One database is migrated before the tests of a project; theirs are copies of it. */
const globalSetup = ["tests/support/schema-template.ts"];

const integration = { globalSetup, testTimeout: 20_000, hookTimeout: 30_000 };

/** Pure tests run in parallel; integration and end-to-end tests share the engines that `npm test` starts. */
export default defineConfig({
  test: {
    // Most tests wait for engines and clocks: left to itself vitest keeps one processor idle.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["{apps,packages}/**/src/**/*.test.ts", "tests/docs/**/*.test.ts"],
          exclude: ["**/*.int.test.ts", "**/node_modules/**"],
        },
      },
      {
        test: {
          name: "integration",
          setupFiles: ["tests/contract/support/setup.ts"],
          include: ["{apps,packages}/**/src/**/*.int.test.ts", "tests/security/**/*.test.ts"],
          ...integration,
        },
      },
      // The tests of times once more, where the process is elsewhere: what is stored and decided stays UTC.
      ...Object.entries(ZONES).map(([name, TZ]) => ({
        test: { name: `integration-${name}`, include: timeTests(), env: { TZ }, ...integration },
      })),
      {
        test: {
          name: "faults",
          include: ["tests/faults/**/*.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "fuzz",
          include: ["tests/fuzz/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          globalSetup,
          setupFiles: ["tests/contract/support/setup.ts"],
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
