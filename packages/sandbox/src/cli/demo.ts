import { DEMO_HELP, readDemoOptions } from "../demo/options.ts";
import { runDemo } from "../demo/run-demo.ts";
import { findRunningSystem } from "../demo/running-system.ts";
import { formatSummary, isComplete } from "../demo/summary.ts";
import { STACK } from "../stack/layout.ts";
import { runCli } from "../stack/run-cli.ts";

await runCli(async () => {
  const options = readDemoOptions(process.argv.slice(2));
  if (options.wantsHelp) {
    console.log(DEMO_HELP);
    return 0;
  }
  const system = await findRunningSystem(STACK.ready);
  const summary = await runDemo(system, options);
  console.log(formatSummary(summary));
  return isComplete(summary) ? 0 : 1;
});
