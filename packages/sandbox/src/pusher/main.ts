import { createConsoleFiles } from "../console/console-files.ts";
import { STACK } from "../stack/layout.ts";
import { onceAskedToStop, runCli } from "../stack/run-cli.ts";
import { startPusherServer } from "./server.ts";
import { readPusherSettings } from "./settings.ts";

/** The Pusher stand-in and the web console as a process of its own. */
await runCli(async () => {
  const consoleFiles = createConsoleFiles(STACK.ready);
  const server = await startPusherServer({ ...readPusherSettings(process.env), consoleFiles });
  console.log(`The Pusher stand-in listens on port ${server.port}`);
  await new Promise<void>((resolve) => onceAskedToStop(() => resolve()));
  await server.close();
  return 0;
});
