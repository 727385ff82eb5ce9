import type { StackSecrets } from "./secrets.ts";
import type { StackPorts } from "./settings.ts";

/** What a browser or phone needs to connect; the same names as pusher-js has. */
export interface RealtimeInfo {
  key: string;
  cluster: string;
  wsHost: string;
  wsPort: number;
  forceTLS: boolean;
}

/** How the apps reach Pusher, as variables, and how clients do. */
export interface RealtimeSettings {
  env: Record<string, string>;
  info: RealtimeInfo;
}

/** The stand-in on this machine. */
export function sandboxRealtime(secrets: StackSecrets, ports: StackPorts): RealtimeSettings {
  return {
    env: {
      PUSHER_APP_ID: secrets.pusherAppId,
      PUSHER_KEY: secrets.pusherKey,
      PUSHER_SECRET: secrets.pusherSecret,
      PUSHER_CLUSTER: "sandbox",
      PUSHER_HOST: "127.0.0.1",
      PUSHER_PORT: String(ports.pusher),
      PUSHER_USE_TLS: "false",
    },
    info: {
      key: secrets.pusherKey,
      cluster: "sandbox",
      wsHost: "127.0.0.1",
      wsPort: ports.pusher,
      forceTLS: false,
    },
  };
}

/**
 * How clients reach what the environment gives: an application at Pusher's cloud by its cluster, or a server that speaks
 * its protocol by host and port.
 */
export function givenRealtime(env: NodeJS.ProcessEnv): RealtimeInfo {
  const { PUSHER_KEY: key = "", PUSHER_CLUSTER: cluster = "" } = env;
  const { PUSHER_HOST: host = "", PUSHER_PORT: port = "" } = env;
  const forceTLS = env["PUSHER_USE_TLS"] !== "false";
  const isCloud = host === "";
  const wsHost = isCloud ? `ws-${cluster}.pusher.com` : host;
  const wsPort = isCloud || port === "" ? defaultPort(forceTLS) : Number(port);
  return { key, cluster, wsHost, wsPort, forceTLS };
}

function defaultPort(isTls: boolean): number {
  return isTls ? 443 : 80;
}
