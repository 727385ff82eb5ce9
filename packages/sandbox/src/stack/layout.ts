import { resolve } from "node:path";

/** The top folder of the clone. */
export const ROOT = resolve(import.meta.dirname, "../../../..");

/** Where everything local lives: nothing outside this folder is written. */
export const LOCAL = resolve(ROOT, ".local");

/** Engines unpacked from the distribution's archive, shared by `npm start` and `npm test`. */
export const ENGINE_TREES = {
  mysql: resolve(LOCAL, "engines", "mysql"),
  mariadbAndRedis: resolve(LOCAL, "engines", "unpacked"),
} as const;

/** The files of one running system. */
export const STACK = {
  /** One folder for each database server, with what goes with it: Redis, and the objects of the S3 stand-in. */
  data: resolve(LOCAL, "data"),
  logs: resolve(LOCAL, "logs"),
  run: resolve(LOCAL, "run"),
  secrets: resolve(LOCAL, "secrets.json"),
  /** The certificate of the push stand-ins, and the key that the worker signs for APNs with. */
  tls: resolve(LOCAL, "tls"),
  accounts: resolve(LOCAL, "accounts.json"),
  ready: resolve(LOCAL, "ready.json"),
  /** The variables the apps were started with, for commands such as `npm run db:studio`. */
  env: resolve(LOCAL, "env"),
  /** Held by the one `npm start` that may run in a clone. */
  orchestrator: resolve(LOCAL, "run", "start.pid"),
} as const;
