import { onceAskedToStop, runCli } from "../stack/run-cli.ts";
import { startS3Server } from "./server.ts";
import { readS3Settings } from "./settings.ts";

/** The S3 stand-in as a process of its own. */
await runCli(async () => {
  const server = await startS3Server(readS3Settings(process.env));
  console.log(`The S3 stand-in listens on port ${server.port}`);
  await new Promise<void>((resolve) => onceAskedToStop(() => resolve()));
  await server.close();
  return 0;
});
