import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { startS3Server } from "./server.ts";
import type { S3Server, S3ServerOptions } from "./server.ts";

export const bucket = "sounds-of-tests";
const account = { region: "eu-central-1", accessKeyId: "key-of-tests", secretAccessKey: "secret-of-tests-1" };

/** A stand-in on a free port with the real SDK connected to it. */
export interface TestS3 {
  server: S3Server;
  /** What a client needs to reach it. */
  options: {
    bucket: string;
    region: string;
    endpoint: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    forcePathStyle: true;
  };
  /** The real SDK; it tries each call once. */
  client: S3Client;
  /** Another client of the same server. */
  connect(options: S3ClientConfig): S3Client;
  stop(): Promise<void>;
}

export async function startTestS3(options: Partial<S3ServerOptions> = {}): Promise<TestS3> {
  const server = await startS3Server({ ...account, bucket, ...options });
  const clients: S3Client[] = [];
  const { region, ...credentials } = account;
  const endpoint = `http://127.0.0.1:${server.port}`;
  const forcePathStyle = true;
  const connect = (some: S3ClientConfig): S3Client => {
    const client = new S3Client({
      ...{ endpoint, forcePathStyle, region, credentials },
      maxAttempts: 1,
      requestHandler: { requestTimeout: 300, throwOnRequestTimeout: true },
      ...some,
    });
    clients.push(client);
    return client;
  };
  return {
    server,
    options: { bucket, region, endpoint, credentials, forcePathStyle },
    client: connect({}),
    connect,
    async stop() {
      for (const client of clients) client.destroy();
      await server.close();
    },
  };
}

/** S3's name of the error that a call failed with; undefined when it succeeded. */
export async function errorOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof S3ServiceException) return error.name;
    return error instanceof Error ? ((error as { code?: string }).code ?? error.name) : "unknown";
  }
}
