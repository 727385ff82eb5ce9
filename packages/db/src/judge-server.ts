import { missingRights, type Right } from "./missing-rights.ts";
import { isAtLeast, parseServerVersion } from "./server-version.ts";

/** What a server says of itself and of our session, as SHOW VARIABLES gives it; what it does not know is absent. */
export interface ServerFacts {
  database: string;
  /** Names in small letters. */
  server: Readonly<Record<string, string>>;
  session: Readonly<Record<string, string>>;
  /** Of InnoDB: DEFAULT, YES, NO or DISABLED; undefined where there is none. */
  innodb: string | undefined;
  grants: readonly string[];
}

/** Something about a server that keeps Tocsin from working with it. */
export interface ServerProblem {
  kind: "version" | "storage_engine" | "binlog_format" | "read_only" | "rights" | "session";
  /** One line: what is wrong and what to do. */
  message: string;
}

/** The oldest of each that the tests run on. */
const OLDEST = { mysql: "8.4", mariadb: "10.6" } as const;
const NAMES = { mysql: "MySQL", mariadb: "MariaDB" } as const;

const READ_ONLY_VARIABLES = ["read_only", "super_read_only", "innodb_read_only"] as const;

/** What every session must have come out with, whatever the server's own defaults are. */
const SESSION: readonly { names: readonly string[]; isRight: (value: string) => boolean; wanted: string }[] =
  [
    { names: ["time_zone"], isRight: (value) => value === "+00:00", wanted: "+00:00" },
    {
      names: ["sql_mode"],
      isRight: (value) => value.split(",").includes("STRICT_TRANS_TABLES"),
      wanted: "STRICT_TRANS_TABLES",
    },
    {
      // MariaDB has the second name since 11.1.
      names: ["transaction_isolation", "tx_isolation"],
      isRight: (value) => value === "READ-COMMITTED",
      wanted: "READ-COMMITTED",
    },
  ];

/** Everything about a server that keeps Tocsin from working with it; nothing where all is well. */
export function judgeServer(facts: ServerFacts, rights: readonly Right[]): ServerProblem[] {
  return [
    ...judgeVersion(facts),
    ...judgeStorageEngine(facts),
    ...judgeBinaryLog(facts),
    ...judgeReadOnly(facts),
    ...judgeRights(facts, rights),
    ...judgeSession(facts),
  ];
}

function judgeVersion({ server }: ServerFacts): ServerProblem[] {
  const { engine, version } = parseServerVersion(server["version"] ?? "unknown");
  if (isAtLeast(version, OLDEST[engine])) return [];
  return problem(
    "version",
    `The database is ${NAMES[engine]} ${version}: use ${NAMES.mysql} ${OLDEST.mysql} or newer, ` +
      `or ${NAMES.mariadb} ${OLDEST.mariadb} or newer.`,
  );
}

function judgeStorageEngine({ innodb, session }: ServerFacts): ServerProblem[] {
  if (innodb !== "DEFAULT" && innodb !== "YES") {
    return problem("storage_engine", "The database server has no InnoDB: start it with InnoDB enabled.");
  }
  const engine = session["default_storage_engine"] ?? "InnoDB";
  if (engine === "InnoDB") return [];
  return problem(
    "storage_engine",
    `The database server makes new tables with ${engine}: set default_storage_engine = InnoDB.`,
  );
}

/** Under READ COMMITTED a binary log of statements refuses every write (error 1665). */
function judgeBinaryLog({ server, session }: ServerFacts): ServerProblem[] {
  if (!isOn(server["log_bin"]) || session["binlog_format"] !== "STATEMENT") return [];
  return problem(
    "binlog_format",
    "The database server logs statements: set binlog_format = ROW, which READ COMMITTED needs.",
  );
}

function judgeReadOnly({ server }: ServerFacts): ServerProblem[] {
  const name = READ_ONLY_VARIABLES.find((variable) => isOn(server[variable]));
  if (name === undefined) return [];
  return problem(
    "read_only",
    `The database is read-only (${name}): let DATABASE_URL lead to the primary, or end it there.`,
  );
}

function judgeRights({ grants, database }: ServerFacts, wanted: readonly Right[]): ServerProblem[] {
  const missing = missingRights(grants, database, wanted).join(", ");
  if (missing === "") return [];
  return problem("rights", `The database account lacks rights: GRANT ${missing} ON \`${database}\`.* to it.`);
}

function judgeSession({ session }: ServerFacts): ServerProblem[] {
  return SESSION.flatMap(({ names, isRight, wanted }) => {
    const [name = names[0], value = "unknown"] =
      names.map((known) => [known, session[known]]).find(([, known]) => known !== undefined) ?? [];
    if (isRight(value)) return [];
    return problem(
      "session",
      `The session's ${name} is "${value}" although ${wanted} was asked for: ` +
        "let no proxy or server setting change what a session sets.",
    );
  });
}

/** MariaDB 12 knows more than ON and OFF. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "OFF" && value !== "0";
}

function problem(kind: ServerProblem["kind"], message: string): ServerProblem[] {
  return [{ kind, message }];
}
