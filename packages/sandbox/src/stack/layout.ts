import { resolve } from "node:path";

/** The top folder of the clone. */
export const ROOT = resolve(import.meta.dirname, "../../../..");

/** Where everything local lives: nothing outside this folder is written. */
export const LOCAL = resolve(ROOT, ".local");

/** Engines unpacked from the distribution's archive, shared by `npm start` and `npm test`. */
export const ENGINES_TREE = resolve(LOCAL, "engines", "unpacked");

/** The files of one running system. */
export const STACK = {
  data: resolve(LOCAL, "data"),
  /** What the S3 stand-in keeps; wiped with the rest of the data. */
  objects: resolve(LOCAL, "data", "s3"),
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
