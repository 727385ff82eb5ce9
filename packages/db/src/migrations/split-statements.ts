/** One statement of a script. */
export interface Statement {
  sql: string;
  /** Where it begins, from 1. */
  line: number;
}

/** A script that cannot be taken apart. */
export class InvalidScriptError extends Error {
  override readonly name = "InvalidScriptError";
}

/** What may stand between two semicolons and hold one of its own; the alternatives are tried in this order. */
const TOKEN = new RegExp(
  [
    /'(?:[^'\\]|\\.|'')*'/, // text
    /"(?:[^"\\]|\\.|"")*"/, // text
    /`(?:[^`]|``)*`/, // name
    /\/\*.*?\*\//, // comment
    /(?:--(?=\s|$)|#)[^\n]*/, // comment to the end of the line
    /['"`]|\/\*/, // one of these without its end
    /;/,
    /[^'"`/#;-]+|[/-]/, // anything else
  ]
    .map(({ source }) => source)
    .join("|"),
  "gsu",
);

const UNCLOSED = new Set(["'", '"', "`", "/*"]);

/**
 * Takes an SQL script apart at its semicolons, except those in text, names and comments. Statements of nothing but
 * comments are left out.
 *
 * @throws InvalidScriptError on a quote or comment without an end, and on DELIMITER, which is no SQL.
 */
export function splitStatements(script: string): Statement[] {
  const statements: Statement[] = [];
  let sql = "";
  let line = 1;
  let firstLine: number | undefined;
  const finish = () => {
    if (firstLine !== undefined) statements.push({ sql: sql.trim(), line: firstLine });
    sql = "";
    firstLine = undefined;
  };
  for (const [token] of script.matchAll(TOKEN)) {
    if (UNCLOSED.has(token)) throw new InvalidScriptError(`Line ${line}: ${token} has no end.`);
    if (token === ";") {
      finish();
    } else {
      sql += token;
      if (firstLine === undefined && isCode(token)) {
        firstLine = line + countLines(token.slice(0, token.search(/\S/)));
        refuseDelimiter(token, firstLine);
      }
    }
    line += countLines(token);
  }
  finish();
  return statements;
}

/** Whether a token does anything: comments of the form /*! … *\/ do. */
function isCode(token: string): boolean {
  if (token.startsWith("/*!")) return true;
  return token.trim() !== "" && !token.startsWith("/*") && !token.startsWith("--") && !token.startsWith("#");
}

function refuseDelimiter(token: string, line: number): void {
  if (/^\s*DELIMITER\s/i.test(token)) {
    throw new InvalidScriptError(`Line ${line}: DELIMITER is a command of the mysql client, not SQL.`);
  }
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}
