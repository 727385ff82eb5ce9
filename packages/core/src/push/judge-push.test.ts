import { describe, expect, it } from "vitest";
import { maximumDeliveryAttempts } from "../delivery/next-delivery.ts";
import { judgePush, maximumWithdrawalAttempts } from "./judge-push.ts";

const accepted = { status: "accepted", providerId: "p1" } as const;
const busy = { status: "transient", errorCode: "http_429", message: "", retryAfterMs: 7_000 } as const;
const gone = { status: "gone", errorCode: "Unregistered", message: "", since: null } as const;
const alert = { status: "pending", attempt: 1 } as const;
const withdrawal = { status: "withdrawing", attempt: 1 } as const;

describe("a push notification", () => {
  it("that was taken is done, an alert as sent and a withdrawal as withdrawn", () => {
    expect(judgePush(alert, accepted)).toMatchObject({ status: "accepted", providerId: "p1", delay: null });
    expect(judgePush(withdrawal, accepted)).toMatchObject({ status: "withdrawn" });
  });

  it("is tried again as late as the provider asks for, and soon where it could not be asked, which is no try", () => {
    expect(judgePush(alert, busy, () => 0)).toMatchObject({ status: "pending", delay: 7_000 });
    const paused = { status: "not_called", errorCode: "paused", retryAfterMs: 900 } as const;
    const last = { status: "pending", attempt: maximumDeliveryAttempts } as const;
    expect(judgePush(last, paused)).toMatchObject({ status: "pending", delay: 900, isTry: false });
  });

  it("is not tried again where that cannot help", () => {
    expect(judgePush(alert, gone)).toMatchObject({ status: "failed", errorCode: "Unregistered" });
  });

  it("may have been taken where its provider did not answer clearly", () => {
    const unknown = { status: "transient", errorCode: "timeout", message: "", retryAfterMs: null } as const;
    const ours = { ...unknown, errorCode: "http_403", isOurs: true } as const;
    const refused = { status: "permanent", errorCode: "http_400", message: "" } as const;
    const notCalled = { status: "not_called", errorCode: "called_back", retryAfterMs: 1 } as const;
    const answers = [accepted, unknown, ours, refused, gone, notCalled];
    expect(answers.map((answer) => judgePush(alert, answer).mayBeTaken)).toEqual([
      ...[true, true, false, false, false, false],
    ]);
  });

  it.each([
    ["pending", maximumDeliveryAttempts],
    ["withdrawing", maximumWithdrawalAttempts],
  ] as const)("that is %s has %i tries", (status, maximum) => {
    const statusAfter = (attempt: number) => judgePush({ status, attempt }, busy).status;
    expect([statusAfter(maximum - 1), statusAfter(maximum)]).toEqual(["pending", "failed"]);
  });
});
