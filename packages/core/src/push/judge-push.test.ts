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

  it("is tried again as late as the provider asks for, or where there was no time to ask", () => {
    expect(judgePush(alert, busy, () => 0)).toMatchObject({ status: "pending", delay: 7_000 });
    expect(judgePush(alert, undefined, () => 0)).toMatchObject({ status: "pending", delay: 250 });
  });

  it("is not tried again where that cannot help", () => {
    expect(judgePush(alert, gone)).toMatchObject({ status: "failed", errorCode: "Unregistered" });
  });

  it.each([
    ["pending", maximumDeliveryAttempts],
    ["withdrawing", maximumWithdrawalAttempts],
  ] as const)("that is %s has %i tries", (status, maximum) => {
    const statusAfter = (attempt: number) => judgePush({ status, attempt }, busy).status;
    expect([statusAfter(maximum - 1), statusAfter(maximum)]).toEqual(["pending", "failed"]);
  });
});
