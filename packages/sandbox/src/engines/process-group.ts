import { readdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";

/** Sends a signal to every process of a group; a group that is already gone is not an error. */
export function signalGroup(groupId: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-groupId, signal);
  } catch (error) {
    if (!isNoSuchProcess(error)) throw error;
  }
}

/** Whether anything of the group still runs; processes that ended and only wait to be collected do not count. */
export function isGroupAlive(groupId: number): boolean {
  try {
    process.kill(-groupId, 0);
  } catch (error) {
    return !isNoSuchProcess(error);
  }
  return process.platform !== "linux" || linuxGroupRuns(groupId);
}

/**
 * What tells a process apart from a later one with the same id: the moment it started, as the system writes it.
 *
 * @returns undefined when no such process runs.
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === "linux") {
    const fields = readLinuxStat(pid);
    return fields === undefined || fields.state === "Z" ? undefined : fields.startTime;
  }
  const { stdout, status } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

export interface LinuxStat {
  state: string;
  groupId: number;
  startTime: string;
}

/** Reads the line of /proc/<pid>/stat; the program's name in it may itself hold spaces and parentheses (proc(5)). */
export function parseLinuxStat(line: string): LinuxStat | undefined {
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [state, , groupId] = fields;
  const startTime = fields[19];
  if (state === undefined || groupId === undefined || startTime === undefined) return undefined;
  return { state, groupId: Number(groupId), startTime };
}

function readLinuxStat(pid: number): LinuxStat | undefined {
  try {
    return parseLinuxStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

function linuxGroupRuns(groupId: number): boolean {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readLinuxStat(Number(name)))
    .some((stat) => stat?.groupId === groupId && stat.state !== "Z");
}

function isNoSuchProcess(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ESRCH";
}
