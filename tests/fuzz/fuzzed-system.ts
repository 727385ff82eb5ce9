import { startTestS3 } from "@tocsin/sandbox/s3/test-server";
import { startSystem, type System, type SystemEngines } from "../support/system.ts";

/**
 * No limit on the pace of requests is met: what is to be seen is what lies behind it. The word of a proxy is taken for
 * addresses, so that odd ones are read.
 */
const settings = {
  RATE_LIMIT_PER_MINUTE: "10000000",
  AUTH_RATE_LIMIT_PER_MINUTE: "100000",
  EVENT_RATE_LIMIT_PER_MINUTE: "100000000",
  REGISTRATIONS_PER_HOUR: "100000",
  TRUST_PROXY: "1",
  LOG_LEVEL: "error",
};

/** The whole system with a storage for sounds: both apps as processes. */
export async function startFuzzedSystem(engines?: SystemEngines): Promise<System> {
  const s3 = await startTestS3();
  const { bucket, region, endpoint, credentials } = s3.options;
  const system = await startSystem(engines, {
    ...settings,
    S3_BUCKET: bucket,
    S3_REGION: region,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    S3_FORCE_PATH_STYLE: "true",
  });
  return {
    ...system,
    async close() {
      await system.close();
      await s3.stop();
    },
  };
}
