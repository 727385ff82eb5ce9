import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";

/** How long a provider may take for one target. Milliseconds. */
export const providerTimeoutMs = 4_500;

/** The outcome, or that the provider did not answer in time. Its SDK may go on trying: the delivery id stays the same. */
export async function within(timeoutMs: number, work: Promise<DeliveryOutcome>): Promise<DeliveryOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DeliveryOutcome>((resolve) => {
    timer = setTimeout(
      () =>
        resolve({
          status: "transient",
          errorCode: "timeout",
          message: `No answer within ${timeoutMs} ms`,
          retryAfterMs: null,
        }),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
