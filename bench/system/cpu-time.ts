import { readFileSync } from "node:fs";

/** Clock ticks a second, on every Linux that we know. */
const ticksPerSecond = 100;

/** The CPU time that a process has used so far, all threads, user and system. Microseconds. Linux only. */
export function cpuTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name in parentheses may hold spaces: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}
