import { UserError } from "../engines/user-error.ts";
import type { S3ServerOptions } from "./server.ts";

const MAXIMUM_PORT = 65_535;

/**
 * Reads the stand-in's settings from the environment.
 *
 * @throws UserError naming every variable that is missing or wrong.
 */
export function readS3Settings(env: NodeJS.ProcessEnv): S3ServerOptions {
  const faults: string[] = [];
  const read = (name: string): string => {
    const value = env[name] ?? "";
    if (value === "") faults.push(`${name} must be set`);
    return value;
  };
  const bucket = read("S3_BUCKET");
  const region = read("S3_REGION");
  const accessKeyId = read("S3_ACCESS_KEY_ID");
  const secretAccessKey = read("S3_SECRET_ACCESS_KEY");
  const portText = read("SANDBOX_S3_PORT");
  const port = Number(portText);
  if (portText !== "" && (!/^\d+$/.test(portText) || port > MAXIMUM_PORT)) {
    faults.push(`SANDBOX_S3_PORT must be a port from 0 to ${MAXIMUM_PORT}, not "${portText}"`);
  }
  if (bucket === "sandbox") faults.push("S3_BUCKET must not be sandbox: those paths order faults");
  if (faults.length > 0) throw new UserError(`The S3 stand-in cannot start: ${faults.join("; ")}.`);
  const host = env["HOST"] ?? "";
  const folder = env["SANDBOX_S3_FOLDER"] ?? "";
  return {
    ...{ bucket, region, accessKeyId, secretAccessKey, port },
    ...(host !== "" && { host }),
    ...(folder !== "" && { folder }),
  };
}
