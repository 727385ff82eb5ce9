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

/** The memory that a process holds now. Megabytes. Linux only. */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}

/** Processes by name. */
export type Processes = Readonly<Record<string, number>>;

/** Begins to measure; the result tells the microseconds that each process took for each of so many events. */
export function startCpuMeter(processes: Processes): (events: number) => Record<string, number> {
  const before = Object.entries(processes).map(([name, pid]) => [name, pid, cpuTime(pid)] as const);
  return (events) =>
    Object.fromEntries(before.map(([name, pid, used]) => [name, (cpuTime(pid) - used) / events]));
}
