/** Each digit of a number is a table of ten rows. */
const tenDigits = Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS digit`).join(" UNION ALL ");

/**
 * A derived table `numbers` of one column `seq`, with every whole number from `first` to `last`, in whatever order:
 * for INSERT … SELECT on every server. MariaDB's sequence engine is its own, a recursion is limited by settings.
 */
export function numbersBetween(first: number, last: number): string {
  const digits = Array.from(String(last - first), (_, place) => place);
  const tables = digits.map((place) => `(${tenDigits}) AS digits${place}`).join(" JOIN ");
  const sum = digits.map((place) => `digits${place}.digit * ${10 ** place}`).join(" + ");
  return `(SELECT * FROM (SELECT ${first} + ${sum} AS seq FROM ${tables}) AS some WHERE seq <= ${last}) AS numbers`;
}
