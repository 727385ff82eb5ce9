import type { EngineProfile } from "./engine-profile.ts";
import { installationArguments, serverArguments } from "./server-arguments.ts";
import type { InstallationArgumentsInput, ServerArgumentsInput } from "./server-arguments.ts";

const PROFILE_ARGUMENTS: Record<EngineProfile, readonly string[]> = {
  durable: [
    "--innodb-buffer-pool-size=1G",
    "--innodb-log-file-size=512M",
    "--innodb-flush-log-at-trx-commit=1",
  ],
  throwaway: [
    "--innodb-buffer-pool-size=256M",
    "--innodb-log-file-size=96M",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-innodb-doublewrite",
  ],
};

/** The command line of mariadbd. */
export function mariadbArguments(input: ServerArgumentsInput): string[] {
  return [...serverArguments(input), ...PROFILE_ARGUMENTS[input.profile]];
}

/** The command line of mariadb-install-db, which creates an empty data directory. */
export function mariadbInstallArguments(
  input: InstallationArgumentsInput & Pick<ServerArgumentsInput, "temporaryDirectory">,
): string[] {
  return [
    ...installationArguments(input),
    `--tmpdir=${input.temporaryDirectory}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--skip-name-resolve",
  ];
}
