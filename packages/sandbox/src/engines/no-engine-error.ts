import { ENGINE_NAMES } from "./engine.ts";
import type { EngineKind } from "./engine.ts";
import { UserError } from "./user-error.ts";

/** An engine that is neither installed nor can be unpacked. */
export interface MissingEngine {
  kind: EngineKind;
  whyNotUnpacked: string;
}

/** No way to run an engine was found. The message lists all ways, `reason` says in one line what stood in each. */
export class NoEngineError extends UserError {
  readonly kinds: readonly EngineKind[];
  readonly reason: string;

  constructor(missing: readonly MissingEngine[], whyNoDocker: string) {
    super(listWays(missing, whyNoDocker));
    this.kinds = missing.map(({ kind }) => kind);
    this.reason = `not on PATH; not unpacked: ${reasonsOf(missing)}; no container: ${whyNoDocker}`;
  }
}

const PROGRAMS: Readonly<Record<EngineKind, { install: string; programs: string }>> = {
  mysql: { install: "MySQL 8.0.30 or newer", programs: "mysqld" },
  mariadb: { install: "mariadb-server", programs: "mariadbd and mariadb-install-db" },
  redis: { install: "redis-server", programs: "redis-server" },
};

function listWays(missing: readonly MissingEngine[], whyNoDocker: string): string {
  const kinds = missing.map(({ kind }) => kind);
  const install = kinds.map((kind) => `${PROGRAMS[kind].install} (${PROGRAMS[kind].programs} on PATH)`);
  return [
    `No way to run ${kinds.map((kind) => ENGINE_NAMES[kind]).join(" and ")} was found. Any one of these is enough:`,
    `  1. use servers you already have: npm start takes DATABASE_URL (mysql://…) and REDIS_URL (redis://…), npm test` +
      " TOCSIN_TEST_DATABASE_URL and TOCSIN_TEST_REDIS_URL;",
    `  2. install ${install.join(" and ")}; on Debian and Ubuntu they are otherwise unpacked without root` +
      ` (here: ${reasonsOf(missing)});`,
    `  3. start Docker, with its compose plugin (here: ${whyNoDocker}).`,
  ].join("\n");
}

function reasonsOf(missing: readonly MissingEngine[]): string {
  return [...new Set(missing.map(({ whyNotUnpacked }) => whyNotUnpacked))].join("; ");
}
