import { readFileSync } from "node:fs";
import { startApnsServer } from "../apns/server.ts";
import { UserError } from "../engines/user-error.ts";
import { startFcmServer } from "../fcm/server.ts";
import { onceAskedToStop, runCli } from "../stack/run-cli.ts";

/** The stand-ins for FCM and APNs as a process of their own. */
await runCli(async () => {
  const certificate = {
    cert: readFileSync(read("PUSH_CA"), "utf8"),
    key: readFileSync(read("SANDBOX_PUSH_KEY"), "utf8"),
  };
  const fcm = await startFcmServer({
    certificate,
    port: Number(read("SANDBOX_FCM_PORT")),
    projectId: read("FCM_PROJECT_ID"),
    accessToken: read("FCM_ACCESS_TOKEN"),
  });
  const apns = await startApnsServer({
    certificate,
    port: Number(read("SANDBOX_APNS_PORT")),
    key: readFileSync(read("APNS_KEY"), "utf8"),
    keyId: read("APNS_KEY_ID"),
    teamId: read("APNS_TEAM_ID"),
    topic: read("APNS_TOPIC"),
  });
  console.log(`The FCM stand-in listens on port ${fcm.port}, the one for APNs on ${apns.port}`);
  await new Promise<void>((resolve) => onceAskedToStop(() => resolve()));
  await Promise.all([fcm.close(), apns.close()]);
  return 0;
});

function read(name: string): string {
  const value = process.env[name] ?? "";
  if (value === "") throw new UserError(`The push stand-ins cannot start: ${name} must be set.`);
  return value;
}
