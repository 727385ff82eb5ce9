import { describe, expect, it } from "vitest";
import { hashOf } from "../events/hash.ts";
import { isApiKey, newPrefix, newSecret, prefixOf } from "./api-key-secret.ts";

describe("an API key", () => {
  it("tells its prefix, and is stored as its hash alone", () => {
    const prefix = newPrefix();
    const { secret, hash } = newSecret(prefix);
    expect(isApiKey(secret)).toBe(true);
    expect(prefixOf(secret)).toBe(prefix);
    expect(hash).toEqual(hashOf(secret));
  });

  it("is another one each time", () => {
    expect(new Set(Array.from({ length: 1000 }, newPrefix)).size).toBe(1000);
    expect(new Set(Array.from({ length: 1000 }, () => newSecret("0123456789ab").secret)).size).toBe(1000);
  });

  it.each(["tk_", "tk_0123456789ab", "tk_0123456789ab_", "tk_0123456789AB_", "tk_0123456789abc_"])(
    "that begins with %s and goes on otherwise than ours is looked up nowhere",
    (start) => {
      const [, , secret = ""] = /^(tk_\w{12})_(.*)$/.exec(newSecret("0123456789ab").secret) ?? [];
      const whole = start.endsWith("_") && start.length > 3 ? `${start}${secret}x` : start;
      expect(prefixOf(whole)).toBeUndefined();
    },
  );
});
