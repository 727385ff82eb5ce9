import { describe, expect, it } from "vitest";
import { findSignatureFault, sign, TIMESTAMP_TOLERANCE_SECONDS } from "./signature.ts";

// The example of Pusher's documentation: https://pusher.com/docs/channels/library_auth_reference/rest-api/
const credentials = { key: "278d425bdf160c739803", secret: "7ad3773142a6692b25b8" };
const timestamp = 1_353_088_179;
const body = Buffer.from('{"name":"foo","channels":["project-3"],"data":"{\\"some\\":\\"data\\"}"}');
const signature = "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c";

function request(changes: Record<string, string> = {}) {
  const query = new URLSearchParams({
    auth_key: credentials.key,
    auth_timestamp: String(timestamp),
    auth_version: "1.0",
    body_md5: "ec365a775a4cd0599faeb73354201b6f",
    auth_signature: signature,
    ...changes,
  });
  return { method: "POST", path: "/apps/3/events", query, body };
}

const now = timestamp * 1_000;

describe("the signature of an API call", () => {
  it("is that of Pusher's own example", () => {
    expect(findSignatureFault(request(), credentials, now)).toBeUndefined();
  });

  it("holds for ten minutes before and after, and no second more", () => {
    const tolerance = TIMESTAMP_TOLERANCE_SECONDS * 1_000;
    expect(findSignatureFault(request(), credentials, now + tolerance)).toBeUndefined();
    expect(findSignatureFault(request(), credentials, now - tolerance)).toBeUndefined();
    expect(findSignatureFault(request(), credentials, now + tolerance + 1)).toContain("Timestamp expired");
    expect(findSignatureFault(request(), credentials, now - tolerance - 1)).toContain("Timestamp expired");
  });

  it.each([
    [{ auth_version: "2.0" }, "Version not supported"],
    [{ auth_key: "other" }, "Unknown auth_key"],
    [{ auth_timestamp: "soon" }, "Timestamp required"],
    [{ body_md5: "00" }, "body_md5"],
    [{ auth_signature: "00" }, "Invalid signature"],
    [{ added: "parameter" }, "Invalid signature"],
  ])("does not survive %j", (changes, fault) => {
    expect(findSignatureFault(request(changes), credentials, now)).toContain(fault);
  });

  it("is HMAC-SHA256 in hex", () => {
    // RFC 4231, test case 2.
    expect(sign("Jefe", "what do ya want for nothing?")).toBe(
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    );
  });
});
