import { expect, test } from "vitest";
import { createSupervisor } from "./supervisor.ts";

function recorder() {
  const stopped: string[] = [];
  const running = (name: string) => ({
    name,
    stop: () => {
      stopped.push(name);
      return Promise.resolve();
    },
  });
  return { stopped, running };
}

test("everything is stopped in reverse order of starting", async () => {
  const { stopped, running } = recorder();
  const supervisor = createSupervisor();
  for (const name of ["database", "worker", "api"]) await supervisor.add(running(name));
  expect(await supervisor.stopAll()).toEqual(["api", "worker", "database"]);
  expect(stopped).toEqual(["api", "worker", "database"]);
});

test("a second request to stop waits for the first and stops nothing twice", async () => {
  const { stopped, running } = recorder();
  const supervisor = createSupervisor();
  await supervisor.add(running("api"));
  await Promise.all([supervisor.stopAll(), supervisor.stopAll()]);
  expect(stopped).toEqual(["api"]);
});

test("what arrives while everything is being stopped is stopped at once", async () => {
  const { stopped, running } = recorder();
  const supervisor = createSupervisor();
  await supervisor.stopAll();
  await expect(supervisor.add(running("late"))).rejects.toThrow(/while everything was being stopped/);
  expect(stopped).toEqual(["late"]);
});
