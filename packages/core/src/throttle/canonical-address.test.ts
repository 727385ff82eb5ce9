import { describe, expect, it } from "vitest";
import { canonicalAddress } from "./canonical-address.ts";

describe("an address", () => {
  it.each([
    ["203.0.113.7"],
    ["203.0.113.7:4711"],
    [" 203.0.113.7 "],
    ["::ffff:203.0.113.7"],
    ["::FFFF:203.0.113.7"],
    ["::ffff:cb00:7107"],
    ["0:0:0:0:0:ffff:cb00:7107"],
    ["[::ffff:203.0.113.7]:4711"],
  ])("of IPv4 has one form: %s", (text) => {
    expect(canonicalAddress(text)).toBe("203.0.113.7");
  });

  it.each([
    ["2001:db8::1"],
    ["2001:DB8:0:0:0:0:0:1"],
    ["2001:0db8:0000:0000:0000:0000:0000:0001"],
    ["[2001:db8::1]"],
    ["[2001:db8::1]:4711"],
    ["2001:db8::1%eth0"],
  ])("of IPv6 has one form: %s", (text) => {
    expect(canonicalAddress(text)).toBe("2001:db8::1");
  });

  it.each([
    [""],
    ["unknown"],
    ["_hidden"],
    ["localhost"],
    ["127.1"],
    ["0x7f.0.0.1"],
    ["2130706433"],
    ["203.0.113.07"],
    ["203.0.113.256"],
    ["[203.0.113.7]"],
    ["203.0.113.7:port"],
    ["[2001:db8::1"],
    ["2001:db8::g"],
    ["1:2:3:4:5:6:7:8:9"],
    ["203.0.113.7 ; DROP TABLE"],
    ["a".repeat(10_000)],
  ])("is not what is none: %s", (text) => {
    expect(canonicalAddress(text)).toBeNull();
  });
});
