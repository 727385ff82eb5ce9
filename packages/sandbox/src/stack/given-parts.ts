import { UserError } from "../engines/user-error.ts";
import { readForeignEngines } from "./settings.ts";
import type { ForeignEngines } from "./settings.ts";

/** What the environment gives; whatever it does not give is sandboxed, each part by itself. */
export interface GivenParts {
  /** The MySQL and the Redis that are given. */
  engines: ForeignEngines;
  /** An application of Pusher's, or a server that speaks its protocol. */
  pusher: boolean;
  /** A bucket for uploaded sounds. */
  s3: boolean;
  /** Push notifications by Google, Apple or both; of the two, the one that is not given is off. */
  push: boolean;
}

/** Variables that are of use together only. */
interface Group {
  name: string;
  /** Any of them says that it is given. */
  variables: readonly string[];
  /** Those without which it does not work. */
  required: (isSet: IsSet) => readonly string[];
}

type IsSet = (variable: string) => boolean;

const PUSHER: Group = {
  name: "Pusher",
  variables: [
    ...["PUSHER_APP_ID", "PUSHER_KEY", "PUSHER_SECRET", "PUSHER_CLUSTER"],
    ...["PUSHER_HOST", "PUSHER_PORT", "PUSHER_USE_TLS"],
  ],
  required: () => ["PUSHER_APP_ID", "PUSHER_KEY", "PUSHER_SECRET", "PUSHER_CLUSTER"],
};

const S3_KEYS = ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"] as const;

const S3: Group = {
  name: "S3",
  variables: ["S3_BUCKET", "S3_ENDPOINT", "S3_REGION", ...S3_KEYS, "S3_FORCE_PATH_STYLE"],
  // Without both keys the SDK looks for a role of the machine.
  required: (isSet) => ["S3_BUCKET", ...(S3_KEYS.some(isSet) ? S3_KEYS : [])],
};

const FCM: Group = {
  name: "FCM",
  variables: ["FCM_SERVICE_ACCOUNT", "FCM_PROJECT_ID", "FCM_ACCESS_TOKEN", "FCM_SERVER"],
  // A token instead of an account is what a stand-in of one's own takes.
  required: (isSet) =>
    isSet("FCM_ACCESS_TOKEN") ? ["FCM_PROJECT_ID", "FCM_SERVER"] : ["FCM_SERVICE_ACCOUNT"],
};

const APNS: Group = {
  name: "APNs",
  variables: ["APNS_KEY", "APNS_KEY_ID", "APNS_TEAM_ID", "APNS_TOPIC", "APNS_SERVER"],
  required: () => ["APNS_KEY", "APNS_KEY_ID", "APNS_TEAM_ID", "APNS_TOPIC"],
};

/**
 * Reads which parts of the system the environment gives. A secret may be given by a file (X_FILE).
 *
 * @throws UserError when a part is given by half, naming what is missing, or when a URL cannot be used.
 */
export function readGivenParts(env: NodeJS.ProcessEnv): GivenParts {
  const isSet: IsSet = (variable) => isVariableSet(env, variable);
  return {
    engines: readForeignEngines(env),
    pusher: isGroupGiven(PUSHER, isSet),
    s3: isGroupGiven(S3, isSet),
    push: [FCM, APNS].map((group) => isGroupGiven(group, isSet)).includes(true),
  };
}

/** Whether some part is sandboxed, and stand-ins are therefore allowed. */
export function isAnySandboxed({ engines, pusher, s3, push }: GivenParts): boolean {
  return engines.databaseUrl === undefined || engines.redisUrl === undefined || !pusher || !s3 || !push;
}

/** Whether the environment has a value for a variable, or a file with it. */
export function isVariableSet(env: NodeJS.ProcessEnv, variable: string): boolean {
  return (env[variable] ?? "") !== "" || (env[`${variable}_FILE`] ?? "") !== "";
}

function isGroupGiven({ name, variables, required }: Group, isSet: IsSet): boolean {
  const given = variables.filter(isSet);
  if (given.length === 0) return false;
  const missing = required(isSet).filter((variable) => !isSet(variable));
  if (missing.length === 0) return true;
  throw new UserError(
    `${name} is given by half: ${given.join(", ")} without ${missing.join(", ")}. ` +
      "Set what is missing too, or unset the rest for the stand-in on this machine.",
  );
}
