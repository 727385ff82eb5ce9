import type { EngineProfile } from "./engine-profile.ts";

export interface RedisArgumentsInput {
  port: number;
  dataDirectory: string;
  profile: EngineProfile;
}

/** The command line of redis-server: local only, never drops a key by itself (a queue must not be evicted). */
export function redisArguments({ port, dataDirectory, profile }: RedisArgumentsInput): string[] {
  const persistence =
    profile === "durable"
      ? ["--appendonly", "yes", "--appendfsync", "everysec"]
      : // Each test file takes a logical database of its own.
        ["--appendonly", "no", "--databases", "10000"];
  return [
    ...["--port", String(port)],
    ...["--bind", "127.0.0.1"],
    ...["--dir", dataDirectory],
    ...persistence,
    ...["--save", ""],
    ...["--maxmemory-policy", "noeviction"],
    ...["--daemonize", "no"],
  ];
}
