import { UserError } from "../engines/user-error.ts";
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

const REQUIRED = ["PUSHER_APP_ID", "PUSHER_KEY", "PUSHER_SECRET", "PUSHER_CLUSTER"] as const;

/**
 * A Pusher application of your own: the stand-in serves only the engines of this clone.
 *
 * @throws UserError naming the variables that are missing.
 */
export function hostedRealtime(env: NodeJS.ProcessEnv): RealtimeSettings {
  const missing = REQUIRED.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) {
    throw new UserError(
      `With DATABASE_URL or REDIS_URL set, nothing of the sandbox is used; set ${missing.join(", ")} too, or unset the URLs.`,
    );
  }
  const { PUSHER_KEY: key = "", PUSHER_CLUSTER: cluster = "" } = env;
  return {
    env: {},
    info: { key, cluster, wsHost: `ws-${cluster}.pusher.com`, wsPort: 443, forceTLS: true },
  };
}
