import type { Queryable } from "@tocsin/db/pool";
import { cutText } from "@tocsin/rules-dsl";
import type { Channel } from "./channel.ts";
import type { DeliveryCall } from "./make-calls.ts";

const row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

/** Writes down what providers were asked: one row a request, however many people it is for. */
export async function recordAttempts(
  connection: Queryable,
  channel: Channel["name"],
  calls: readonly DeliveryCall[],
  attemptOf: (call: DeliveryCall) => number,
): Promise<void> {
  if (calls.length === 0) return;
  await connection.query(
    `INSERT INTO delivery_attempt
       (id, notificationId, channel, status, attempt, recipientCount, providerId, errorCode, errorMessage,
        startedAt, finishedAt)
     VALUES ${calls.map(() => row).join(", ")}`,
    calls.flatMap((call) => {
      const failure = call.outcomes.find((outcome) => outcome.status !== "accepted");
      const accepted = call.outcomes.find((outcome) => outcome.status === "accepted");
      return [
        call.id,
        call.notificationId,
        channel,
        failure ? "failed" : "accepted",
        attemptOf(call),
        call.targets.length,
        accepted?.providerId == null ? null : cutText(accepted.providerId, 100),
        failure ? cutText(failure.errorCode, 100) : null,
        failure ? cutText(failure.message, 500) : null,
        call.startedAt,
        call.finishedAt,
      ];
    }),
  );
}
