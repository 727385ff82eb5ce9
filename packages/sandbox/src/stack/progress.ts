const { stdout } = process;

/** Milliseconds as a person reads them: "0.4 s". */
export function formatSeconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}

/**
 * Shows a step while it works and how long it took; a terminal sees the seconds count, a log file two lines.
 *
 * @throws whatever the work throws, after marking the step as failed.
 */
export async function step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const startedAt = Date.now();
  const elapsed = () => formatSeconds(Date.now() - startedAt);
  stdout.write(stdout.isTTY ? `▸ ${name}` : `▸ ${name}\n`);
  const ticking = stdout.isTTY
    ? setInterval(() => stdout.write(`\r▸ ${name} ${elapsed()}`), 1_000)
    : undefined;
  let mark = "✗";
  try {
    const result = await work();
    mark = "✓";
    return result;
  } finally {
    clearInterval(ticking);
    stdout.write(`${stdout.isTTY ? "\r" : ""}${mark} ${name} ${elapsed()}\n`);
  }
}

/** Says why a step takes longer this time. */
export function announceDownload(what: string, megabytes: number): void {
  console.log(
    `${stdout.isTTY ? "\n" : ""}  ${what}: not installed here, downloading from the distribution's archive (about ${megabytes} MB)`,
  );
}
