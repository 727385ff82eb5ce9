import type { StackSecrets } from "./secrets.ts";
import type { StackPorts } from "./settings.ts";

/** How the apps reach the S3 stand-in on this machine, as variables. */
export function sandboxObjectStorage(secrets: StackSecrets, ports: StackPorts): Record<string, string> {
  return {
    S3_ENDPOINT: `http://127.0.0.1:${ports.s3}`,
    S3_REGION: "local",
    S3_BUCKET: "tocsin-sounds",
    S3_ACCESS_KEY_ID: secrets.s3AccessKeyId,
    S3_SECRET_ACCESS_KEY: secrets.s3SecretAccessKey,
    S3_FORCE_PATH_STYLE: "true",
  };
}
