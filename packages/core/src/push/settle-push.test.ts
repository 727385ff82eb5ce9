import { describe, expect, it } from "vitest";
import type { PushVerdict } from "./judge-push.ts";
import { settlePush } from "./settle-push.ts";

const alert = { status: "pending", attempt: 3, wasCalled: false } as const;
const withdrawal = { status: "withdrawing", attempt: 3, wasCalled: false } as const;
const verdict = (some: Partial<PushVerdict>): PushVerdict => ({
  ...{ status: "pending", delay: 500, isTry: true, mayBeTaken: false, providerId: null, errorCode: null },
  ...some,
});
const accepted = verdict({ status: "accepted", delay: null, mayBeTaken: true });
const unanswered = verdict({ mayBeTaken: true });
const refused = verdict({ status: "failed", delay: null });
const notCalled = verdict({ isTry: false, delay: 250 });

describe("a push notification that nobody stopped", () => {
  const row = { status: "pending", wasSent: false } as const;

  it("is done when it was taken, and due again when it was not", () => {
    expect(settlePush(row, { push: alert, verdict: accepted })).toEqual({
      ...{ status: "accepted", delay: null, attempts: 3, isSent: true, isUncertain: false },
    });
    expect(settlePush(row, { push: alert, verdict: unanswered })).toEqual({
      ...{ status: "pending", delay: 500, attempts: 3, isSent: false, isUncertain: true },
    });
  });

  it("has had one try less where its provider was not asked", () => {
    expect(settlePush(row, { push: alert, verdict: notCalled })).toMatchObject({ attempts: 2, delay: 250 });
  });

  it("may be shown for good where one try was not answered, however the next ones end", () => {
    const push = { ...alert, wasCalled: true };
    for (const next of [refused, notCalled]) {
      expect(settlePush(row, { push, verdict: next })).toMatchObject({ isUncertain: true });
    }
  });
});

describe("a push notification that was stopped while it was being sent", () => {
  const row = { status: "withdrawing", wasSent: false } as const;

  it.each([
    ["taken", accepted],
    ["not answered", unanswered],
  ])("is withdrawn at once where it was %s", (_what, some) => {
    expect(settlePush(row, { push: alert, verdict: some })).toMatchObject({
      ...{ status: "withdrawing", delay: 0, attempts: 0 },
    });
  });

  it.each([
    ["refused", refused],
    ["not asked for", notCalled],
  ])("is not sent again, nor withdrawn, where it was %s", (_what, some) => {
    expect(settlePush(row, { push: alert, verdict: some })).toMatchObject({
      ...{ status: "cancelled", delay: null },
    });
  });

  it("is withdrawn where an earlier round, or an earlier try, may be shown", () => {
    const earlierRound = { status: "withdrawing", wasSent: true } as const;
    expect(settlePush(earlierRound, { push: alert, verdict: refused }).status).toBe("withdrawing");
    const earlierTry = { ...alert, wasCalled: true };
    expect(settlePush(row, { push: earlierTry, verdict: refused }).status).toBe("withdrawing");
  });
});

describe("a withdrawal", () => {
  const row = { status: "withdrawing", wasSent: true } as const;

  it("is tried again as a withdrawal, and done when it was taken or given up", () => {
    expect(settlePush(row, { push: withdrawal, verdict: unanswered })).toMatchObject({
      ...{ status: "withdrawing", delay: 500, isSent: false },
    });
    const taken = verdict({ status: "withdrawn", delay: null, mayBeTaken: true });
    expect(settlePush(row, { push: withdrawal, verdict: taken })).toMatchObject({
      ...{ status: "withdrawn", delay: null, isSent: false },
    });
    expect(settlePush(row, { push: withdrawal, verdict: refused }).status).toBe("failed");
  });
});
