import { UserError } from "../engines/user-error.ts";
import type { PusherServerOptions } from "./server.ts";

const MAXIMUM_PORT = 65_535;

/**
 * Reads the stand-in's settings from the environment.
 *
 * @throws UserError naming every variable that is missing or wrong.
 */
export function readPusherSettings(env: NodeJS.ProcessEnv): PusherServerOptions {
  const faults: string[] = [];
  const read = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") faults.push(`${name} must be set`);
    return value;
  };
  const [appId, key, secret] = [read("PUSHER_APP_ID"), read("PUSHER_KEY"), read("PUSHER_SECRET")];
  const portText = read("SANDBOX_PUSHER_PORT");
  const port = Number(portText);
  if (portText !== "" && (!/^\d+$/.test(portText) || port > MAXIMUM_PORT)) {
    faults.push(`SANDBOX_PUSHER_PORT must be a port from 0 to ${MAXIMUM_PORT}, not "${portText}"`);
  }
  const webhookUrl = env["PUSHER_WEBHOOK_URL"] ?? "";
  if (webhookUrl !== "" && !/^https?:$/.test(URL.parse(webhookUrl)?.protocol ?? "")) {
    faults.push(`PUSHER_WEBHOOK_URL must be an http or https URL, not "${webhookUrl}"`);
  }
  if (faults.length > 0) throw new UserError(`The Pusher stand-in cannot start: ${faults.join("; ")}.`);
  const host = env["HOST"] ?? "";
  return {
    appId,
    key,
    secret,
    port,
    ...(host !== "" && { host }),
    ...(webhookUrl !== "" && { webhookUrl }),
  };
}
