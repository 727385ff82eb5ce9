import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeLocalhostCertificate } from "@tocsin/sandbox/push/localhost-certificate";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { isInfrastructureError } from "./errors.ts";
import { explainConnectionError } from "./explain-connection-error.ts";
import { createPool, type Pool } from "./pool.ts";

let database: TestDatabase;
let administrator: Pool;
let version: string;
/** Where the server keeps its data, if that is on this machine. */
let dataDirectory: string | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  administrator = createPool({ url: database.url, connectionLimit: 1 });
  const [row] = await administrator.query<{ version: string; folder: string }[]>(
    "SELECT VERSION() AS version, @@datadir AS folder",
  );
  version = row?.version ?? "";
  dataDirectory = row !== undefined && existsSync(row.folder) ? row.folder : undefined;
});

afterAll(async () => {
  await administrator.close();
  await database.drop();
});

/** An account of this test's own. Its password is in no cache of the server: the whole exchange takes place. */
async function newAccount(): Promise<{ user: string; password: string }> {
  const account = { user: `t_${randomBytes(6).toString("hex")}`, password: "p%40ss w/ö:rd" };
  await administrator.query("CREATE USER ?@'%' IDENTIFIED BY ?", [account.user, account.password]);
  await administrator.query(`GRANT SELECT ON \`${database.name}\`.* TO ?@'%'`, [account.user]);
  onTestFinished(async () => void (await administrator.query("DROP USER ?@'%'", [account.user])));
  return account;
}

function urlOf({ user, password }: { user: string; password: string }, parameters: string): string {
  const url = new URL(database.url);
  url.username = user;
  url.password = encodeURIComponent(password);
  url.search = parameters;
  return url.toString();
}

/** @returns "in", or why not, in words for a person. */
async function logIn(url: string): Promise<string | undefined> {
  const pool = createPool({ url, connectionLimit: 1, acquireTimeout: 2_000 });
  try {
    const rows = await pool.query("SELECT 1 AS one");
    expect(rows).toEqual([{ one: 1 }]);
    return "in";
  } catch (error) {
    expect(isInfrastructureError(error)).toBe(true);
    return explainConnectionError(error);
  } finally {
    await pool.close();
  }
}

const isMysql = () => !version.includes("MariaDB");

describe("logging in to the database", () => {
  it("takes a password of any characters, and names a wrong one", async () => {
    const account = await newAccount();
    expect(await logIn(urlOf(account, "?allowPublicKeyRetrieval=true"))).toBe("in");
    expect(await logIn(urlOf({ ...account, password: "x" }, "?allowPublicKeyRetrieval=true"))).toBe(
      "it refuses this user or password",
    );
  });

  it("names a database that is not there or not this user's, and a port where nobody listens", async () => {
    const url = new URL(urlOf(await newAccount(), "?allowPublicKeyRetrieval=true"));
    url.pathname = "/nothing_of_this_name_test";
    expect(await logIn(url.toString())).toMatch(/no right to this database|no such database/);
    url.port = "1";
    expect(await logIn(url.toString())).toBe(
      "nobody listens there: start the server, or check host and port",
    );
  });

  it("sends no password to a server of MySQL without TLS, unless asking for its public key is allowed", async (context) => {
    if (!isMysql()) return context.skip("MariaDB has no caching_sha2_password");
    expect(await logIn(urlOf(await newAccount(), ""))).toMatch(
      /^it wants the password under its public key \(caching_sha2_password\): use TLS/,
    );
    expect(await logIn(urlOf(await newAccount(), "?allowPublicKeyRetrieval=true"))).toBe("in");
  });

  it("uses TLS where it is asked for, and trusts a certificate only if its authority is named", async (context) => {
    if (!isMysql()) return context.skip("MariaDB 10 has no certificate unless one is made for it");
    expect(await logIn(urlOf(await newAccount(), "?sslaccept=accept_invalid_certs"))).toBe("in");
    expect(await logIn(urlOf(await newAccount(), "?ssl=true"))).toMatch(/^its certificate cannot be trusted/);
  });

  it("checks the server's certificate against sslca, and its name against the host", async (context) => {
    if (!isMysql() || dataDirectory === undefined) {
      return context.skip("Needs a MySQL on this machine, to give it a certificate");
    }
    const account = await newAccount();
    // MySQL makes itself a certificate that names no host.
    const own = join(dataDirectory, "ca.pem");
    expect(await logIn(urlOf(account, `?sslca=${own}`))).toMatch(/^its certificate is for another name/);

    const folder = mkdtempSync(join(tmpdir(), "tocsin-tls-"));
    const made = makeLocalhostCertificate();
    const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    writeFileSync(certFile, made.cert);
    writeFileSync(keyFile, made.key);
    const use = async (cert: string, key: string, ca: string) => {
      await administrator.query("SET GLOBAL ssl_cert = ?, GLOBAL ssl_key = ?, GLOBAL ssl_ca = ?", [
        cert,
        key,
        ca,
      ]);
      await administrator.query("ALTER INSTANCE RELOAD TLS");
    };
    const [before] = await administrator.query<{ cert: string; key: string; ca: string }[]>(
      "SELECT @@ssl_cert AS cert, @@ssl_key AS `key`, @@ssl_ca AS ca",
    );
    onTestFinished(async () => {
      await use(before?.cert ?? "", before?.key ?? "", before?.ca ?? "");
      rmSync(folder, { recursive: true });
    });
    await use(certFile, keyFile, certFile);
    expect(await logIn(urlOf(await newAccount(), `?sslca=${certFile}`))).toBe("in");
    expect(await logIn(urlOf(await newAccount(), `?sslca=${own}`))).toMatch(
      /^its certificate cannot be trusted/,
    );
  });

  it("says that a server has no TLS where it is asked for", async (context) => {
    const [row] = await administrator.query<{ Value: string }[]>("SHOW VARIABLES LIKE 'have_ssl'");
    if (isMysql() || row?.Value === "YES") return context.skip("This server has TLS");
    expect(await logIn(urlOf(await newAccount(), "?ssl=true"))).toMatch(/^it has no TLS/);
  });

  it("takes no connection more than an account may have as the infrastructure's fault", async () => {
    const account = await newAccount();
    await administrator.query("ALTER USER ?@'%' WITH MAX_USER_CONNECTIONS 2", [account.user]);
    const url = urlOf(account, "?allowPublicKeyRetrieval=true");
    const pool = createPool({ url, connectionLimit: 1 });
    onTestFinished(() => pool.close());
    // One connection for statements, and one for transactions.
    await pool.query("SELECT 1");
    await pool.transaction("READ COMMITTED", (connection) => connection.query("SELECT 1"));
    expect(await logIn(url)).toMatch(/^all connections of this user are taken/);
    expect(await pool.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });
});
