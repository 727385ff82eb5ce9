import type { Queryable } from "@tocsin/db/pool";
import { cutText } from "@tocsin/rules-dsl";
import type { Channel } from "./channel.ts";
import type { DeliveryCall } from "./make-calls.ts";

const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/** Writes down what providers were asked: one row a request, however many people it is for; none where nobody was. */
export async function recordAttempts(
  connection: Queryable,
  channel: Channel["name"],
  calls: readonly DeliveryCall[],
  attemptOf: (call: DeliveryCall) => number,
): Promise<void> {
  const made = calls.flatMap((call) => {
    const outcomes = call.outcomes.filter(({ status }) => status !== "not_called");
    return outcomes.length > 0 ? [{ ...call, outcomes }] : [];
  });
  if (made.length === 0) return;
  await connection.query(
    `INSERT INTO delivery_attempt
       (id, notificationId, channel, status, attempt, recipientCount, providerId, errorCode, errorMessage,
        startedAt, finishedAt)
     VALUES ${made.map(() => row).join(", ")}`,
    made.flatMap((call) => {
      const failure = call.outcomes.find((outcome) => outcome.status !== "accepted");
      const accepted = call.outcomes.find((outcome) => outcome.status === "accepted");
      return [
        call.id,
        call.notificationId,
        channel,
        failure ? "failed" : "accepted",
        attemptOf(call),
        call.outcomes.length,
        accepted?.providerId == null ? null : cutText(accepted.providerId, 100),
        failure ? cutText(failure.errorCode, 100) : null,
        failure && "message" in failure ? cutText(failure.message, 500) : null,
        call.startedAt,
        call.finishedAt,
      ];
    }),
  );
}
