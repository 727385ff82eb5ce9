import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { DomainError } from "@tocsin/contracts/errors";

/** How a bucket is reached, and how its objects are shown to clients. */
export interface ObjectStorageOptions {
  bucket: string;
  region: string;
  /** Where it is not AWS: http://127.0.0.1:6002 */
  endpoint?: string | undefined;
  /** Where the SDK is not to look for them by itself (a role of the machine, a file of its user). */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined;
  /** The bucket as a part of the path, not of the host: what servers of one's own want. */
  forcePathStyle: boolean;
  /** How long a signed URL lives. Seconds. */
  urlSeconds: number;
  /** What serves the bucket to everybody, without a slash at its end. Without: signed URLs. */
  cdnUrl?: string | undefined;
}

export interface NewObject {
  key: string;
  content: Uint8Array;
  contentType: string;
}

/** Where whoever has it may read an object. */
export interface ObjectLink {
  url: string;
  /** Null: never. */
  expiresAt: Date | null;
}

/** Files beside the database. */
export interface ObjectStorage {
  /**
   * Stores an object. Where it fails, the object may be there all the same: the answer may be what got lost.
   * @throws DomainError UNAVAILABLE
   */
  put(object: NewObject, signal?: AbortSignal): Promise<void>;
  /**
   * Deletes an object; one that is not there is deleted already.
   * @throws DomainError UNAVAILABLE
   */
  delete(key: string): Promise<void>;
  /**
   * A URL that reads this object and no other. It is the same for half of its life, so that clients need not load
   * again what they have; at least the other half is left.
   */
  link(key: string): Promise<ObjectLink>;
  /** Ends its connections. */
  close(): void;
}

/** How long one try may take; calls are made twice. Milliseconds. */
const requestTimeout = 5_000;
const connectionTimeout = 2_000;
const attempts = 2;

/** Objects never change under their key. */
const cacheControl = "public, max-age=31536000, immutable";

/** How many links are kept at once. */
const maximumLinks = 1_000;

/** A bucket of S3, or of what speaks its protocol; without options there is none, and every call says so. */
export function createObjectStorage(options: ObjectStorageOptions | undefined): ObjectStorage {
  return options ? createBucket(options) : createAbsentStorage();
}

function createBucket(options: ObjectStorageOptions): ObjectStorage {
  const { bucket: Bucket, cdnUrl } = options;
  const client = new S3Client(clientConfig(options));
  const sign = createLinkSigner(client, options);
  return {
    put: async ({ key: Key, content: Body, contentType: ContentType }, signal) => {
      const put = new PutObjectCommand({
        ...{ Bucket, Key, Body, ContentType },
        ChecksumAlgorithm: "CRC32",
        CacheControl: cacheControl,
        // Played by the apps; a browser that is led there shows nothing of it.
        ContentDisposition: "attachment",
      });
      await available(client.send(put, signal && { abortSignal: signal }));
    },
    delete: async (Key) => {
      await available(client.send(new DeleteObjectCommand({ Bucket, Key })));
    },
    link: async (key) => (cdnUrl === undefined ? sign(key) : { url: `${cdnUrl}/${key}`, expiresAt: null }),
    close: () => client.destroy(),
  };
}

function refuse(): Promise<never> {
  return Promise.reject(
    new DomainError("UNAVAILABLE", { detail: "No object storage is configured (see S3_BUCKET)" }),
  );
}

function createAbsentStorage(): ObjectStorage {
  return { put: refuse, delete: refuse, link: refuse, close: () => undefined };
}

function clientConfig({
  region,
  endpoint,
  credentials,
  forcePathStyle,
}: ObjectStorageOptions): S3ClientConfig {
  return {
    region,
    forcePathStyle,
    maxAttempts: attempts,
    // The SDK only warns of time that is over unless told.
    requestHandler: { requestTimeout, connectionTimeout, throwOnRequestTimeout: true },
    // Else they become parameters of signed URLs; objects are put with theirs all the same.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
  };
}

/** Signs each object's URL once in half of a URL's life: signing costs more than the rest of a request. */
function createLinkSigner(
  client: S3Client,
  { bucket, urlSeconds }: ObjectStorageOptions,
): (key: string) => Promise<ObjectLink> {
  const periodMs = Math.ceil(urlSeconds / 2) * 1_000;
  let signingDate = new Date(0);
  let links = new Map<string, Promise<ObjectLink>>();
  return async (key) => {
    const period = Math.floor(Date.now() / periodMs) * periodMs;
    if (period !== signingDate.getTime() || links.size >= maximumLinks) {
      signingDate = new Date(period);
      links = new Map();
    }
    const known = links.get(key);
    if (known) return known;
    const link = signLink(
      client,
      new GetObjectCommand({ Bucket: bucket, Key: key }),
      urlSeconds,
      signingDate,
    );
    links.set(key, link);
    // What failed is tried again by whoever comes next.
    link.catch(() => links.delete(key));
    return link;
  };
}

async function signLink(
  client: S3Client,
  command: GetObjectCommand,
  expiresIn: number,
  signingDate: Date,
): Promise<ObjectLink> {
  const url = await available(getSignedUrl(client, command, { expiresIn, signingDate }));
  return { url, expiresAt: new Date(signingDate.getTime() + expiresIn * 1_000) };
}

/** What the storage answers, or that it does not. */
async function available<Result>(call: Promise<Result>): Promise<Result> {
  try {
    return await call;
  } catch (cause) {
    const detail = "The object storage does not answer as it should. Try again in a moment";
    throw new DomainError("UNAVAILABLE", { detail, retryAfterSeconds: 5, cause });
  }
}
