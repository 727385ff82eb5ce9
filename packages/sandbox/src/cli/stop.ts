import { rmSync } from "node:fs";
import { readLivePidFile } from "../engines/pid-file.ts";
import { waitUntil } from "../engines/wait-until.ts";
import { STACK } from "../stack/layout.ts";
import { removeDeadTestRuns, stopLeftovers } from "../stack/leftovers.ts";
import { runCli } from "../stack/run-cli.ts";

/** The sum of every program's own deadline, and a little. */
const ORCHESTRATOR_DEADLINE_MS = 120_000;

await runCli(async () => {
  const orchestrator = readLivePidFile(STACK.orchestrator);
  if (orchestrator !== undefined) {
    process.kill(orchestrator.pid, "SIGTERM");
    const isGone = () => readLivePidFile(STACK.orchestrator)?.pid !== orchestrator.pid;
    if (!(await waitUntil(isGone, ORCHESTRATOR_DEADLINE_MS, 50))) process.kill(orchestrator.pid, "SIGKILL");
  }
  // What a killed npm start or npm test left behind.
  const leftovers = [...(await stopLeftovers(STACK.run)), ...(await removeDeadTestRuns())];
  rmSync(STACK.ready, { force: true });
  console.log(orchestrator === undefined && leftovers.length === 0 ? "✓ Nothing was running." : "✓ Stopped.");
  return 0;
});
