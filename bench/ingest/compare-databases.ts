import { median, rangeOf } from "../measure.ts";
import { atLeast, type Row, type Target } from "../report.ts";
import type { MeasuredDatabase } from "../system/database-choice.ts";
import type { Paces, PaceOfTurns } from "./take-turns.ts";

/** What two database servers did with the same loads. */
interface Compared {
  database: MeasuredDatabase;
  alone: Paces;
  measured: { ours: Paces; floor: Paces };
  twoOfEach: Paces;
}

const kinds = [
  { kind: "single", title: "single POSTs", least: 0.6 },
  { kind: "batch", title: "batches", least: 0.5 },
] as const;

/** What MySQL reaches of MariaDB: of Tocsin alone, which is what is wanted, and of all that took turns. */
export function compareDatabases(found: readonly Compared[]): { rows: Row[]; targets: Target[] } {
  const mysql = found.find(({ database }) => database.kind === "mysql");
  const mariadb = found.find(({ database }) => database.kind === "mariadb");
  if (!mysql || !mariadb) return { rows: [], targets: [] };
  const shares = kinds.map(({ kind, title, least }) => {
    const row = (what: string, pacesOf: (one: Compared) => Paces): Row => ({
      ...{ case: `MySQL's share of MariaDB, ${title}: ${what}`, unit: "" },
      ...shareOf(pacesOf(mysql)[kind], pacesOf(mariadb)[kind]),
    });
    const alone = row("Tocsin alone", (one) => one.alone);
    return {
      rows: [
        alone,
        row("Tocsin beside the others", ({ measured }) => measured.ours),
        row("bare parts", ({ measured }) => measured.floor),
        row("two APIs, two workers", ({ twoOfEach }) => twoOfEach),
      ],
      target: atLeast(`${title} processed, MySQL's share of MariaDB`, least, alone.value),
    };
  });
  return { rows: shares.flatMap(({ rows }) => rows), targets: shares.map(({ target }) => target) };
}

/** Turn by turn: two turns that follow each other meet the same mood of the machine. */
function shareOf(mysql: PaceOfTurns, mariadb: PaceOfTurns): Pick<Row, "value" | "range"> {
  const shares = mysql.turns.map((pace, turn) => pace / (mariadb.turns[turn] ?? Number.NaN));
  return { value: median(shares), range: rangeOf(shares) };
}
