import { isVariableSet } from "./given-parts.ts";
import type { GivenParts } from "./given-parts.ts";
import type { RealtimeInfo } from "./realtime.ts";
import type { StackPorts } from "./settings.ts";

/** A part of the running system, and whose it is. */
export interface PartInfo {
  name: "Database" | "Redis" | "Pusher" | "S3" | "Push";
  /** Given by the environment, or run on this machine for this clone alone. */
  source: "given" | "sandboxed";
  /** Where it is; without user and password. */
  where: string;
}

export interface DescribePartsInput {
  given: GivenParts;
  /** Of the engines in use. */
  databaseUrl: string;
  redisUrl: string;
  realtime: RealtimeInfo;
  ports: StackPorts;
  /** Tells of what is given. */
  env: NodeJS.ProcessEnv;
}

/** What the system consists of, for people and programs. */
export function describeParts(input: DescribePartsInput): PartInfo[] {
  const { given, realtime, ports, env } = input;
  return [
    {
      name: "Database",
      source: sourceOf(given.engines.databaseUrl !== undefined),
      where: addressOf(input.databaseUrl, "3306"),
    },
    {
      name: "Redis",
      source: sourceOf(given.engines.redisUrl !== undefined),
      where: addressOf(input.redisUrl, "6379"),
    },
    { name: "Pusher", source: sourceOf(given.pusher), where: `${realtime.wsHost}:${realtime.wsPort}` },
    { name: "S3", source: sourceOf(given.s3), where: given.s3 ? bucketOf(env) : `127.0.0.1:${ports.s3}` },
    {
      name: "Push",
      source: sourceOf(given.push),
      where: given.push
        ? `${pushService(env, "FCM", ["FCM_SERVICE_ACCOUNT", "FCM_ACCESS_TOKEN"])}, ${pushService(env, "APNs", ["APNS_KEY"])}`
        : `FCM 127.0.0.1:${ports.fcm}, APNs 127.0.0.1:${ports.apns}`,
    },
  ];
}

function sourceOf(isGiven: boolean): PartInfo["source"] {
  return isGiven ? "given" : "sandboxed";
}

/** Host, port and path of a server. */
function addressOf(url: string, defaultPort: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port === "" ? defaultPort : port}${pathname === "/" ? "" : pathname}`;
}

function bucketOf(env: NodeJS.ProcessEnv): string {
  const { S3_BUCKET: bucket = "", S3_ENDPOINT: endpoint = "" } = env;
  return endpoint === "" ? `bucket ${bucket}` : `bucket ${bucket} at ${URL.parse(endpoint)?.host ?? "?"}`;
}

function pushService(env: NodeJS.ProcessEnv, name: string, variables: readonly string[]): string {
  return variables.some((variable) => isVariableSet(env, variable)) ? name : `${name} off`;
}
