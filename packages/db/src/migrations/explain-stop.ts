import { firstLineOf } from "./progress.ts";
import type { StoppedMigration } from "./repair.ts";

/** For the person who is to repair it: where a migration stopped, what is done of it, and each way to go on. */
export function explainStop(stopped: StoppedMigration): string {
  return [...whereItStopped(stopped), "", ...waysOn(stopped)].join("\n");
}

function whereItStopped(stopped: StoppedMigration): string[] {
  const { name, startedAt, file, progress, logs } = stopped;
  const head = `Migration ${name} began at ${startedAt.toISOString()} and did not finish.`;
  if (file !== "unchanged") {
    const why = file === "changed" ? "was changed since" : "is not here";
    return [head, `Its migration.sql ${why}. What was noted:`, logs ?? "nothing"];
  }
  if (progress === undefined) {
    return [head, "Nothing tells how far it came. What was noted:", logs ?? "nothing", ...list(stopped)];
  }
  return [head, ...list(stopped), ...reasonOf(stopped)];
}

function list({ statements, progress }: StoppedMigration): string[] {
  const state = (index: number): string => {
    if (progress === undefined) return "unknown";
    if (index < progress.done) return "done";
    if (index > progress.done || progress.next === "not begun") return "not run";
    return progress.next === "failed" ? "failed" : "begun";
  };
  return statements.map(
    (statement, index) =>
      `  ${state(index).padEnd(7)}  ${index + 1}, line ${statement.line}: ${firstLineOf(statement)}`,
  );
}

function reasonOf({ statements, progress }: StoppedMigration): string[] {
  if (progress === undefined) return [];
  const number = progress.done + 1;
  if (progress.next === "failed") {
    return [`Statement ${number} changed nothing. The server said: ${progress.message}`];
  }
  if (progress.next === "begun") {
    return [
      `The process or its connection ended while statement ${number} ran. ` +
        "Whether it was done, only the database tells: look.",
    ];
  }
  return number > statements.length
    ? ["The process or its connection ended after the last statement."]
    : [`The process or its connection ended before statement ${number} was begun.`];
}

function waysOn({ file, statements, progress }: StoppedMigration): string[] {
  const command = "npm run db:migrate -- --repair";
  const done = progress?.done ?? 0;
  const [number, total] = [done + 1, statements.length];
  const undo =
    done === 0 && progress !== undefined && progress.next !== "begun"
      ? "it has done nothing; or: run it from its start"
      : "you undid by hand what it has done: run it from its start the next time";
  const rolledBack: [string, string] = [`${command} --rolled-back`, undo];
  if (file === "changed") {
    return ways([["restore migration.sql", "to go on with it"], rolledBack]);
  }
  if (file === "missing") return ways([rolledBack]);
  const skip: [string, string][] =
    progress !== undefined && progress.next !== "not begun" && number < total
      ? [
          [
            `${command} --continue --from ${number + 1}`,
            `statement ${number} was done, or you did it by hand`,
          ],
        ]
      : [];
  const go: [string, string] =
    progress === undefined
      ? [`${command} --continue --from <number>`, "you know which statement is the first that is not done"]
      : [`${command} --continue`, continuing(progress.next, number, total)];
  return ways([
    go,
    ...skip,
    [`${command} --rolled-back`, undo],
    [`${command} --applied`, "you did by hand all that is left: count it as applied"],
  ]);
}

function continuing(next: "not begun" | "begun" | "failed", number: number, total: number): string {
  if (number > total) return "note that it is finished";
  const what = number === total ? `run statement ${number}` : `run statements ${number} to ${total}`;
  if (next === "failed") return `you mended the cause: ${what}`;
  return next === "begun" ? `statement ${number} was not done: ${what}` : what;
}

function ways(items: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...items.map(([command]) => command.length));
  return ["One of these goes on:", ...items.map(([command, when]) => `  ${command.padEnd(width)}   ${when}`)];
}
