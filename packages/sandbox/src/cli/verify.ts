import {
  GENERATE_CLIENT,
  reportFailedChecks,
  runChecks,
  STATIC_CHECKS,
  UNIT_TESTS,
} from "../stack/checks.ts";
import { formatSeconds } from "../stack/progress.ts";
import { onceAskedToStop, runCli } from "../stack/run-cli.ts";
import { endTasks, toolEnvironment } from "../stack/task.ts";

await runCli(async () => {
  onceAskedToStop(() => {
    endTasks();
    process.exit(130);
  });
  const startedAt = Date.now();
  const env = toolEnvironment(process.env);
  const failed = await runChecks([GENERATE_CLIENT], env);
  failed.push(...(await runChecks([...STATIC_CHECKS, UNIT_TESTS], env)));
  reportFailedChecks(failed);
  console.log(
    `${failed.length === 0 ? "✓ All checks passed" : "✗ Not clean"} ${formatSeconds(Date.now() - startedAt)}`,
  );
  return failed.length === 0 ? 0 : 1;
});
