/** Passes on a call at once, and then at most one in so many milliseconds: for logs of what lasts. */
export function sparingly<Arguments extends unknown[]>(
  everyMs: number,
  say: (...parameters: Arguments) => void,
): (...parameters: Arguments) => void {
  let saidAt = -Infinity;
  return (...parameters) => {
    if (performance.now() - saidAt < everyMs) return;
    saidAt = performance.now();
    say(...parameters);
  };
}
