import type { Queue } from "bullmq";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ZodError } from "zod";
import { addJobs, parseJob } from "./queues.ts";

const notificationId = "0198c0de-0000-7000-8000-000000000000";

function queueThat(addBulk: Queue["addBulk"]): Queue {
  return { addBulk } as Queue;
}

afterEach(() => {
  vi.useRealTimers();
});

describe("addJobs", () => {
  it("adds all jobs with one call, named and retried as the catalogue says", async () => {
    const addBulk = vi.fn<Queue["addBulk"]>().mockResolvedValue([]);
    await addJobs(queueThat(addBulk), "deliverNotifications", [
      { id: `${notificationId}-now`, payload: { notificationIds: [notificationId] } },
      { id: `${notificationId}-later`, payload: { notificationIds: [notificationId] }, delay: 50 },
    ]);
    expect(addBulk).toHaveBeenCalledTimes(1);
    expect(addBulk.mock.calls[0]?.[0]).toEqual([
      expect.objectContaining({
        name: "deliver-notifications",
        data: { notificationIds: [notificationId] },
        opts: expect.objectContaining({ jobId: `${notificationId}-now`, attempts: 5, removeOnFail: true }),
      }),
      expect.objectContaining({ opts: expect.objectContaining({ delay: 50 }) }),
    ]);
  });

  it("refuses a payload that does not fit before anything is added", async () => {
    const addBulk = vi.fn<Queue["addBulk"]>();
    const adding = addJobs(queueThat(addBulk), "deliverNotifications", [
      { id: "a-now", payload: { notificationIds: ["not an id"] } },
    ]);
    await expect(adding).rejects.toBeInstanceOf(ZodError);
    expect(addBulk).not.toHaveBeenCalled();
  });

  it("gives up when Redis does not answer", async () => {
    vi.useFakeTimers();
    const adding = addJobs(
      queueThat(() => new Promise(() => {})),
      "deliverNotifications",
      [{ id: `${notificationId}-now`, payload: { notificationIds: [notificationId] } }],
    );
    await Promise.all([
      expect(adding).rejects.toThrow("Redis did not answer"),
      vi.advanceTimersByTimeAsync(501),
    ]);
  });

  it("asks nothing of Redis where there is nothing to add", async () => {
    const addBulk = vi.fn<Queue["addBulk"]>();
    await addJobs(queueThat(addBulk), "deliverNotifications", []);
    expect(addBulk).not.toHaveBeenCalled();
  });
});

describe("parseJob", () => {
  it("gives the payload, and refuses one that does not fit", () => {
    const payload = { notificationIds: [notificationId] };
    expect(parseJob("deliverNotifications", payload)).toEqual(payload);
    expect(() => parseJob("deliverNotifications", {})).toThrow(ZodError);
  });
});
