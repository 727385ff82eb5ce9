/** An INSERT that is written for one row, taken apart at its row of values. */
interface SingleRowInsert {
  /** All up to and with VALUES. */
  head: string;
  /** The row, with its parentheses. */
  row: string;
  /** What comes after it, such as ON DUPLICATE KEY UPDATE. */
  tail: string;
}

/** Statements are few and written in the program's source: each is taken apart once. */
const known = new Map<string, SingleRowInsert>();

/**
 * An INSERT that is written for one row (`… VALUES (?, UNHEX(?)) …`) as one statement for `count` rows. One statement
 * stores all of its rows or none, in their order, on every server.
 *
 * @throws TypeError where the statement has no row of values.
 */
export function multiRowInsert(sql: string, count: number): string {
  let insert = known.get(sql);
  if (insert === undefined) {
    insert = takeApart(sql);
    known.set(sql, insert);
  }
  return `${insert.head}${Array.from({ length: count }, () => insert.row).join(", ")}${insert.tail}`;
}

function takeApart(sql: string): SingleRowInsert {
  const start = /\bVALUES\s*(?=\()/i.exec(sql);
  if (start === null) throw new TypeError(`This INSERT has no row of values: ${sql}`);
  const begin = start.index + start[0].length;
  const end = endOfParentheses(sql, begin);
  return { head: sql.slice(0, begin), row: sql.slice(begin, end), tail: sql.slice(end) };
}

/** Behind the parenthesis that closes the one at `begin`. */
function endOfParentheses(sql: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < sql.length; at += 1) {
    if (sql[at] === "(") depth += 1;
    if (sql[at] === ")") depth -= 1;
    if (depth === 0) return at + 1;
  }
  throw new TypeError(`This INSERT's row of values has no end: ${sql}`);
}
