import { expect, it } from "vitest";
import { readS3Settings } from "./settings.ts";

const complete = {
  S3_BUCKET: "sounds",
  S3_REGION: "local",
  S3_ACCESS_KEY_ID: "key",
  S3_SECRET_ACCESS_KEY: "secret",
  SANDBOX_S3_PORT: "6002",
};

it("takes what is set and leaves the rest to the server", () => {
  const own = {
    bucket: "sounds",
    region: "local",
    accessKeyId: "key",
    secretAccessKey: "secret",
    port: 6002,
  };
  expect(readS3Settings(complete)).toEqual(own);
  expect(readS3Settings({ ...complete, HOST: "0.0.0.0", SANDBOX_S3_FOLDER: "data/s3" })).toEqual({
    ...own,
    host: "0.0.0.0",
    folder: "data/s3",
  });
});

it.each([
  [{ S3_BUCKET: "" }, "S3_BUCKET must be set"],
  [{ S3_BUCKET: "sandbox" }, "S3_BUCKET must not be sandbox"],
  [{ S3_REGION: "", S3_ACCESS_KEY_ID: "" }, "S3_REGION must be set; S3_ACCESS_KEY_ID must be set"],
  [{ SANDBOX_S3_PORT: "65536" }, "SANDBOX_S3_PORT must be a port"],
  [{ SANDBOX_S3_PORT: "x" }, "SANDBOX_S3_PORT must be a port"],
])("names what is wrong with %j", (changes, message) => {
  expect(() => readS3Settings({ ...complete, ...changes })).toThrow(message);
});
