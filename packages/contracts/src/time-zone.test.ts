import { describe, expect, it } from "vitest";
import { isTimeZone } from "./time-zone.ts";

describe("isTimeZone", () => {
  it.each([
    ...["Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Asia/Calcutta", "Etc/GMT+5"],
    ...["UTC", "GMT", "EST5EDT", "Japan", "GB-Eire", "W-SU", "NZ-CHAT", "America/Port-au-Prince"],
  ])("takes %s, a name of the IANA database", (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each([
    // What ICU takes, for places that nobody means: Dhaka, Anchorage, Kolkata, Shanghai.
    ...["BST", "AST", "IST", "CTT", "PST", "JST", "SystemV/EST5EDT"],
    ...["+01:00", "UTC+1", "europe/berlin", "Europe/Atlantis", "CEST", "Local", "Europe/Berlin ", ""],
    "__proto__",
  ])("refuses %j, which is none", (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
