import type { DeadLetterView } from "@tocsin/contracts/api/dead-letters";
import type { DeadLetter } from "@tocsin/db/client";

/** A dead letter as the API shows it. */
export function toDeadLetter(row: DeadLetter): DeadLetterView {
  const { id, eventId, streamId, body, error, attempts, status, closedBy } = row;
  return {
    id,
    eventId,
    streamId,
    body,
    error,
    attempts,
    status,
    createdAt: row.createdAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    closedBy,
  };
}
