/** Somebody did not answer in time: nobody knows what became of the work. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/**
 * What `work` comes to, if it does in time. The work itself goes on: only the waiting ends. An answer
 * that came in time is taken although this process was too busy to look at it.
 * @param whose who is waited for, for the message
 * @throws whatever `work` throws; DeadlineError after `deadlineMs` milliseconds
 */
export async function withDeadline<Result>(
  whose: string,
  deadlineMs: number,
  work: Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // After this process stood still the answer may lie there, and timers come before it.
      setImmediate(() => reject(new DeadlineError(`${whose} did not answer within ${deadlineMs} ms`)));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
