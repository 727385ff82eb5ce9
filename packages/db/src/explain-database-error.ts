import { failuresOf } from "./errors.ts";
import { explainConnectionError } from "./explain-connection-error.ts";

/** What a server that can be connected to says instead of working. Numbers: see errors.ts. */
const REASONS: ReadonlyMap<number | undefined, string> = new Map(
  (
    [
      [
        [1142, 1143, 1227],
        "The database account lacks rights: GRANT it SELECT, INSERT, UPDATE and DELETE on the database.",
      ],
      [
        [1290, 1792, 1836],
        "The database is read-only: let DATABASE_URL lead to the primary, or end it there.",
      ],
      [
        [1021, 1114],
        "The database has no room left: give it more disk, or raise the limit of its table space.",
      ],
      [[1054, 1146], "The database is not migrated to this version: run npm run db:migrate."],
    ] as const
  ).flatMap(([errnos, reason]) => errnos.map((errno) => [errno, reason] as const)),
);

/**
 * What keeps the database from working, in one line for whoever runs it, without any secret.
 *
 * @returns undefined where nobody foresaw the reason: then the error itself is wanted
 */
export function explainDatabaseError(error: unknown): string | undefined {
  const advice = explainConnectionError(error);
  if (advice !== undefined) return `The database cannot be used: ${advice}.`;
  return failuresOf(error)
    .map(({ errno }) => REASONS.get(errno))
    .find((reason) => reason !== undefined);
}
