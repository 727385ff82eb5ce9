import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
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

  it("checks the server's certificate against the authority that it is given", () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-ca-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [file, empty] = [join(folder, "ca.pem"), join(folder, "empty.pem")];
    writeFileSync(file, "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n");
    writeFileSync(empty, "");
    const ca = readFileSync(file, "utf8");
    expect(driverConfig(`mysql://u:p@h/d?sslca=${file}`).ssl).toEqual({ rejectUnauthorized: true, ca });
    expect(driverConfig(`mysql://u:p@h/d?ssl=true&sslca=${file}`).ssl).toEqual({
      rejectUnauthorized: true,
      ca,
    });
    for (const [parameters, message] of [
      [`sslca=${file}&ssl=false`, /leave ssl and sslaccept away/],
      [`sslca=${file}&sslaccept=accept_invalid_certs`, /leave ssl and sslaccept away/],
      [`sslca=${folder}/missing.pem`, /missing\.pem, cannot be read \(ENOENT\)/],
      [`sslca=${folder}`, /cannot be read \(EISDIR\)/],
      [`sslca=${empty}`, /holds no certificate/],
    ] as const) {
      expect(() => driverConfig(`mysql://u:secret@h/d?${parameters}`)).toThrow(message);
    }
  });

  it("asks a server for its public key only when told so", () => {
    expect(driverConfig("mysql://u:p@h/d").allowPublicKeyRetrieval).toBe(false);
    expect(driverConfig("mysql://u:p@127.0.0.1/d").allowPublicKeyRetrieval).toBe(false);
    expect(driverConfig("mysql://u:p@h/d?allowPublicKeyRetrieval=true").allowPublicKeyRetrieval).toBe(true);
    expect(driverConfig("mysql://u:p@h/d?allowPublicKeyRetrieval=false").allowPublicKeyRetrieval).toBe(false);
  });

  it.each([
    ["mysql://u:100%secret@h/d", /password has a % that begins no escape: write each % of it as %25/],
    ["mysql://u%:secret@h/d", /user has a % that begins no escape/],
    ["mysql://u:secret@h/d%zz", /database has a % that begins no escape/],
    [
      "mysql://u:secret@h/d?allowPublicKeyRetrieval=1",
      /allowPublicKeyRetrieval must be true or false, not "1"/,
    ],
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
