import type { Database } from "@tocsin/db/client";
import type { ClientLog } from "./producer.ts";

/** A rule of the test, with the numbers that it is to match. */
export interface ExpectedRule {
  id: string;
  matches: (number: number) => boolean;
}

/** What was tried: the type of the events, what the client was told, and who was to hear of what. */
export interface Experiment {
  type: string;
  log: ClientLog;
  rules: readonly ExpectedRule[];
  /** How many people each rule alerts. */
  recipients: number;
}

/** What the database holds, held against what the client was told. All lists are empty when nothing was lost or doubled. */
export interface Conservation {
  accepted: number;
  processed: number;
  dead: number;
  /** Accepted, and not in the database. */
  lost: string[];
  /** In the database, and never accepted. */
  unaccepted: string[];
  /** Rule and event that should have raised an alert and did not. */
  missingAlerts: string[];
  /** Alerts more than one for a rule and event, or for none that was expected. */
  surplusAlerts: string[];
  /** Alerts of which some recipient has no inbox entry, or several. */
  wrongInboxes: number;
}

/** Compares from the outside: the client's log and the tables, never what the service says of itself. */
export async function checkConservation(
  db: Database,
  { type, log, rules, recipients }: Experiment,
): Promise<Conservation> {
  const { accepted } = log;
  const events = await db.event.findMany({ where: { type }, select: { id: true, status: true } });
  const stored = new Map(events.map(({ id, status }) => [id, status]));
  const acceptedIds = new Set(accepted.map(({ id }) => id));
  const isProcessed = (id: string) => stored.get(id) === "processed";

  const expected = new Set(
    rules.flatMap((rule) =>
      accepted
        .filter(({ number, id }) => rule.matches(number) && isProcessed(id))
        .map(({ id }) => `${rule.id} ${id}`),
    ),
  );
  const alerts = await db.notification.findMany({
    where: { kind: "alert", ruleId: { in: rules.map(({ id }) => id) } },
    select: { id: true, ruleId: true, eventId: true },
  });
  const raised = alerts.map(({ ruleId, eventId }) => `${ruleId} ${eventId}`);
  const raisedPairs = new Set(raised);
  const inboxes = await db.notificationRecipient.count({
    where: { notificationId: { in: alerts.map(({ id }) => id) } },
  });
  return {
    accepted: accepted.length,
    processed: events.filter(({ status }) => status === "processed").length,
    dead: events.filter(({ status }) => status === "dead").length,
    lost: [...acceptedIds].filter((id) => !stored.has(id)),
    unaccepted: events.filter(({ id }) => !acceptedIds.has(id)).map(({ id }) => id),
    missingAlerts: [...expected].filter((pair) => !raisedPairs.has(pair)),
    surplusAlerts: raised.filter((pair, index) => !expected.has(pair) || raised.indexOf(pair) !== index),
    wrongInboxes: inboxes - alerts.length * recipients,
  };
}
