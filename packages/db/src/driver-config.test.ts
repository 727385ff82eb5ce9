import { describe, expect, it } from "vitest";
import { connectionLimitOf, driverConfig, InvalidDatabaseUrlError } from "./driver-config.ts";

describe("driverConfig", () => {
  it("takes the parts of the URL, decoded, and the usual port where it names none", () => {
    expect(driverConfig("mysql://us%40er:p%2Fw@db.example.com/tocsin")).toMatchObject({
      host: "db.example.com",
      port: 3306,
      user: "us@er",
      password: "p/w",
      database: "tocsin",
      ssl: false,
    });
    expect(driverConfig("mariadb://u:p@[::1]:3310/tocsin")).toMatchObject({ host: "::1", port: 3310 });
  });

  it("asks for TLS with a checked certificate, and without the check only when told so", () => {
    expect(driverConfig("mysql://u:p@h/d?ssl=true").ssl).toBe(true);
    expect(driverConfig("mysql://u:p@h/d?sslaccept=strict").ssl).toBe(true);
    expect(driverConfig("mysql://u:p@h/d?sslaccept=accept_invalid_certs").ssl).toEqual({
      rejectUnauthorized: false,
    });
  });

  it.each([
    ["nonsense", /must look like mysql:/],
    ["postgres://u:p@h/d", /must look like mysql:/],
    ["mysql://u:secret@h", /names no database/],
    ["mysql://u:secret@h/", /names no database/],
    ["mysql://u:secret@h/d?socket=%2Ftmp%2Fs", /parameter socket is not known/],
    ["mysql://u:secret@h/d?ssl=yes", /ssl must be true or false, not "yes"/],
    ["mysql://u:secret@h/d?sslaccept=maybe", /sslaccept must be/],
  ])("refuses %s without showing the password", (url, message) => {
    expect(() => driverConfig(url)).toThrow(InvalidDatabaseUrlError);
    expect(() => driverConfig(url)).toThrow(message);
    expect(() => driverConfig(url)).not.toThrow(/secret/);
  });
});

describe("connectionLimitOf", () => {
  it("reads connection_limit", () => {
    expect(connectionLimitOf("mysql://u:p@h/d?connection_limit=5")).toBe(5);
    expect(connectionLimitOf("mysql://u:p@h/d")).toBeUndefined();
  });

  it.each(["0", "-1", "1.5", "many"])("refuses %s", (limit) => {
    expect(() => connectionLimitOf(`mysql://u:p@h/d?connection_limit=${limit}`)).toThrow(/connection_limit/);
  });
});
