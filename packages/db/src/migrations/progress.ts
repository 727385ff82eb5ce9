import type { Statement } from "./split-statements.ts";

/**
 * How far an unfinished migration came. MySQL and MariaDB undo a statement that fails, and nothing of the statements
 * before it: a number says all there is to know.
 */
export type Progress = {
  /** Statements that are done, from the start of the file. */
  done: number;
  /** Statements in the file. */
  total: number;
} & NextStatement;

/** What became of the statement after those that are done. "begun": nobody knows whether it was done. */
type NextStatement = { next: "not begun" | "begun" } | { next: "failed"; message: string };

/** The longest first line of a statement that is shown. Characters. */
const LINE_LENGTH = 100;

/** As it is kept in the column `logs` of the migration's row, for people and for {@link parseProgress}. */
export function describeProgress(progress: Progress, statements: readonly Statement[]): string {
  const done = `${progress.done} of ${progress.total} statements are done.`;
  const statement = statements[progress.done];
  if (statement === undefined || progress.next === "not begun") return done;
  const next = `Statement ${progress.done + 1} (line ${statement.line})`;
  const outcome = progress.next === "failed" ? `failed: ${oneLine(progress.message)}` : "was begun.";
  return `${done} ${next} ${outcome}\n${firstLineOf(statement)}`;
}

/**
 * Reads what {@link describeProgress} wrote.
 *
 * @param statements of the file that the migration began with
 * @returns undefined where the text says nothing of it: Prisma's own command wrote it, or nobody did.
 */
export function parseProgress(logs: string | null, statements: readonly Statement[]): Progress | undefined {
  const total = statements.length;
  const [, done, failed, message = ""] =
    /^(\d+) of \d+ statements are done\.(?: Statement \d+ \(line \d+\) (?:was begun\.|(failed): (.*)))?/.exec(
      logs ?? "",
    ) ?? [];
  if (done === undefined) return parseLine(logs, statements);
  const counted = { done: Number(done), total };
  if (failed !== undefined) return { ...counted, next: "failed", message };
  return { ...counted, next: /was begun\.$/m.test(logs ?? "") ? "begun" : "not begun" };
}

/** What versions before this one wrote: "Migration <name> failed at line 3: <message>". */
function parseLine(logs: string | null, statements: readonly Statement[]): Progress | undefined {
  const [, line, message = ""] = /^Migration \S+ failed at line (\d+): (.*)/.exec(logs ?? "") ?? [];
  const done = statements.findIndex((statement) => statement.line === Number(line));
  return done === -1 ? undefined : { done, total: statements.length, next: "failed", message };
}

/** The first line of what a statement does, without the comments before it; shortened. */
export function firstLineOf({ sql }: Statement): string {
  const [line = ""] = withoutLeadingComments(sql).split("\n");
  return line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH - 1)}…` : line;
}

/** A statement from its first word on. Comments that the server executes stay. */
export function withoutLeadingComments(sql: string): string {
  return sql.replace(/^(?:\s+|--[^\n]*|#[^\n]*|\/\*(?!!)[\s\S]*?\*\/)+/, "");
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
