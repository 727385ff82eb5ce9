/** What MySQL, the driver or Prisma said, wherever in the error or its causes it stands. */
interface DatabaseFailure {
  errno: number | undefined;
  code: string | undefined;
}

/** MySQL error numbers. https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const uniqueViolations = new Set([1062]);
/** Lock wait timeout, deadlock, and "record has changed since last read": the transaction may simply run again. */
const transient = new Set([1205, 1213, 1020]);
const infrastructure = new Set([
  1021, 1040, 1041, 1042, 1043, 1044, 1045, 1047, 1053, 1077, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226, 1290,
  1792, 1836, 1927, 2002, 2003, 2006, 2013, 2055, 3024, 3100, 3169, 4031, 45012, 45028, 45029, 45034, 45035, 45038, 45044,
]);
/** A value that does not fit its column, or that MySQL cannot read. */
const dataErrors = new Set([1048, 1264, 1265, 1292, 1300, 1366, 1406, 1690, 3140, 3141, 3143, 4025]);
const networkCodes = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EHOSTUNREACH"]);
const prismaTransient = new Set(["P2034"]);
const prismaInfrastructure = new Set(["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** The error itself and what it was caused by: Prisma wraps what the driver threw. */
function* failuresOf(error: unknown, depth = 0): Generator<DatabaseFailure> {
  if (typeof error !== "object" || error === null || depth > 5) return;
  const { errno, code, cause, meta, originalCode } = error as Record<string, unknown>;
  const number = typeof errno === "number" ? errno : Number(originalCode ?? Number.NaN);
  yield {
    errno: Number.isInteger(number) ? Math.abs(number) : undefined,
    code: typeof code === "string" ? code : undefined,
  };
  yield* failuresOf(cause, depth + 1);
  if (typeof meta === "object" && meta !== null) {
    yield* failuresOf((meta as Record<string, unknown>)["driverAdapterError"], depth + 1);
  }
}

function someFailure(error: unknown, is: (failure: DatabaseFailure) => boolean): boolean {
  for (const failure of failuresOf(error)) if (is(failure)) return true;
  return false;
}

const holds = <Item>(set: ReadonlySet<Item>, item: Item | undefined) => item !== undefined && set.has(item);

/** A row with the same unique key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return someFailure(error, ({ errno, code }) => holds(uniqueViolations, errno) || code === "P2002");
}

/** The transaction met another one (deadlock, lock wait) and may run again as a whole. */
export function isTransient(error: unknown): boolean {
  return someFailure(error, ({ errno, code }) => holds(transient, errno) || holds(prismaTransient, code));
}

/** The database cannot be reached or cannot work right now: nothing is wrong with what it was asked. */
export function isInfrastructureError(error: unknown): boolean {
  return (
    isTransient(error) ||
    someFailure(
      error,
      ({ errno, code }) =>
        holds(infrastructure, errno) || holds(networkCodes, code) || holds(prismaInfrastructure, code),
    )
  );
}

/** The data does not fit: trying again cannot help. */
export function isDataError(error: unknown): boolean {
  return someFailure(error, ({ errno }) => holds(dataErrors, errno));
}
