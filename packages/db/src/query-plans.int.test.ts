import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "./ids.ts";
import { migrate } from "./migrations/migrate.ts";
import { createPool, type Pool } from "./pool.ts";
import { inboxQueries, notificationPage } from "./testing/inbox-queries.ts";

const USERS = 40;
const NOTIFICATIONS = 400;
const hash = Buffer.alloc(32);
const users = Array.from({ length: USERS }, () => newId());
const rules = Array.from({ length: 10 }, () => newId());
const events = Array.from({ length: NOTIFICATIONS }, () => newId());
const sounds = Array.from({ length: 100 }, () => newId());
const buckets = Array.from({ length: 200 }, () => newId());
const notifications = Array.from({ length: NOTIFICATIONS }, () => newId());
const [user, otherUser] = users;
const [rule] = rules;
const [event] = events;
const [notification, otherNotification] = notifications;

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase({
    migrate: async (url) => {
      await migrate({ url });
    },
  });
  pool = createPool({ url: database.url, connectionLimit: 2 });
  await populate();
});

afterAll(async () => {
  await pool.close();
  await database.drop();
});

/** A page of the audit log behind a place in it. */
const auditPage = `AND \`timestamp\` <= UTC_TIMESTAMP(3) + INTERVAL 1 DAY
  AND (\`timestamp\` < UTC_TIMESTAMP(3) + INTERVAL 1 DAY OR id < 'f') ORDER BY \`timestamp\` DESC, id DESC LIMIT 21`;

/** The queries of docs/data-model.md with an index that must serve them. */
const queries: [index: string, sql: string, values: unknown[]][] = [
  [
    "PRIMARY",
    "SELECT id, payload FROM event WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 10",
    [events[100], events[300]],
  ],
  ["rule_deletedAt_name_idx", "SELECT id FROM rule WHERE deletedAt IS NULL ORDER BY name, id LIMIT 2", []],
  [
    "rule_deletedAt_priority_idx",
    "SELECT id FROM rule WHERE deletedAt IS NULL ORDER BY priority DESC, id DESC LIMIT 2",
    [],
  ],
  [
    "rule_deletedAt_updatedAt_idx",
    "SELECT id FROM rule WHERE deletedAt IS NULL ORDER BY updatedAt DESC, id DESC LIMIT 2",
    [],
  ],
  [
    "PRIMARY",
    "SELECT snapshot FROM rule_version WHERE ruleId = ? AND version < 4 ORDER BY version DESC LIMIT 2",
    [rule],
  ],
  ["role_name_key", "SELECT id FROM role WHERE name IN ('Operator', 'Admin')", []],
  ["user_email_key", "SELECT id FROM user WHERE email = '1@example.com'", []],
  [
    "user_status_id_idx",
    "SELECT id FROM user WHERE status = 'pending' AND id > '0198' ORDER BY id LIMIT 21",
    [],
  ],
  ["refresh_token_tokenHash_key", "SELECT id FROM refresh_token WHERE tokenHash = ?", [hash]],
  [
    "refresh_token_familyId_idx",
    "SELECT id FROM refresh_token WHERE familyId = ? AND revokedAt IS NULL",
    [newId()],
  ],
  ["api_key_prefix_key", "SELECT * FROM api_key WHERE prefix = '000000000007'", []],
  ["PRIMARY", "SELECT * FROM api_key WHERE id < ? ORDER BY id DESC LIMIT 21", [newId()]],
  ["event_idempotencyHash_key", "SELECT id FROM event WHERE idempotencyHash IN (?, ?)", [hash, hash]],
  [
    "event_status_receivedAt_idx",
    `SELECT id FROM event
      WHERE status IN ('received', 'failed') AND receivedAt < UTC_TIMESTAMP(3) - INTERVAL 5 SECOND
        AND (nextAttemptAt IS NULL OR nextAttemptAt <= UTC_TIMESTAMP(3))
      ORDER BY receivedAt LIMIT 1000`,
    [],
  ],
  [
    "event_type_receivedAt_idx",
    "SELECT id FROM event WHERE type = 'type-3' ORDER BY receivedAt DESC LIMIT 20",
    [],
  ],
  [
    "event_type_receivedAt_idx",
    `SELECT id FROM event WHERE type = 'type-3' AND source = 's' AND receivedAt <= UTC_TIMESTAMP(3)
      AND (receivedAt < UTC_TIMESTAMP(3) OR id < 'f') ORDER BY receivedAt DESC, id DESC LIMIT 21`,
    [],
  ],
  ["PRIMARY", "SELECT id FROM event WHERE id < ? ORDER BY id DESC LIMIT 21", [newId()]],
  [
    "dead_letter_status_id_idx",
    "SELECT * FROM dead_letter WHERE status = 'open' ORDER BY id DESC LIMIT 21",
    [],
  ],
  [
    "notification_deliveryDueAt_idx",
    "SELECT id FROM notification WHERE deliveryDueAt < UTC_TIMESTAMP(3) ORDER BY deliveryDueAt LIMIT 1000",
    [],
  ],
  [
    "notification_fanoutDueAt_idx",
    "SELECT id FROM notification WHERE fanoutDueAt <= UTC_TIMESTAMP(3) ORDER BY fanoutDueAt LIMIT 20 FOR UPDATE SKIP LOCKED",
    [],
  ],
  [
    "notification_withdrawDueAt_idx",
    "SELECT id FROM notification WHERE withdrawDueAt < UTC_TIMESTAMP(3) ORDER BY withdrawDueAt LIMIT 1000",
    [],
  ],
  [
    "notification_nextEscalationAt_idx",
    `SELECT id FROM notification
      WHERE nextEscalationAt <= UTC_TIMESTAMP(3) AND acknowledgedAt IS NULL AND resolvedAt IS NULL
      ORDER BY nextEscalationAt LIMIT 100`,
    [],
  ],
  [
    "push_delivery_platform_dueAt_idx",
    `SELECT notificationId FROM push_delivery
      WHERE platform = 'fcm' AND dueAt < UTC_TIMESTAMP(3) ORDER BY dueAt LIMIT 1000`,
    [],
  ],
  [
    "device_userId_disabledAt_idx",
    "SELECT id FROM device WHERE userId IN (?, ?) AND disabledAt IS NULL",
    [user, otherUser],
  ],
  [
    "user_inbox_summaryDueAt_idx",
    "SELECT userId FROM user_inbox WHERE summaryDueAt <= UTC_TIMESTAMP(3) ORDER BY summaryDueAt LIMIT 1000",
    [],
  ],
  ["notification_eventId_idx", "SELECT id FROM notification WHERE eventId = ?", [event]],
  ...inboxQueries({ user, rule, notifications: [notification, otherNotification] }),
  ["PRIMARY", "SELECT ruleId, outcome FROM decision_log WHERE eventId = ? ORDER BY ruleId", [event]],
  [
    "delivery_attempt_notificationId_startedAt_idx",
    "SELECT * FROM delivery_attempt WHERE notificationId = ? ORDER BY startedAt",
    [notification],
  ],
  ["audit_log_userId_timestamp_idx", `SELECT * FROM audit_log WHERE userId = ? ${auditPage}`, [user]],
  ["audit_log_timestamp_idx", `SELECT * FROM audit_log WHERE TRUE ${auditPage}`, []],
  ["audit_log_action_timestamp_idx", `SELECT * FROM audit_log WHERE action = 'a-3' ${auditPage}`, []],
  [
    "PRIMARY",
    `SELECT id FROM transfer_bucket
      WHERE id > ? AND ((state = 'ok' AND currentBalance < threshold)
        OR (state = 'breached' AND currentBalance >= threshold + hysteresis)) ORDER BY id LIMIT 500`,
    [""],
  ],
  [
    "transfer_bucket_state_id_idx",
    "SELECT * FROM transfer_bucket WHERE state = 'breached' ORDER BY id DESC LIMIT 21",
    [],
  ],
  [
    "transfer_bucket_currency_id_idx",
    "SELECT * FROM transfer_bucket WHERE currency = 'CHF' ORDER BY id DESC LIMIT 21",
    [],
  ],
  [
    "bucket_balance_entry_bucketId_id_idx",
    "SELECT * FROM bucket_balance_entry WHERE bucketId = ? ORDER BY id DESC LIMIT 21",
    [buckets[0]],
  ],
  [
    "bucket_balance_entry_bucketId_idempotencyHash_key",
    "SELECT * FROM bucket_balance_entry WHERE bucketId = ? AND idempotencyHash = ?",
    [buckets[0], hash],
  ],
  [
    "audit_log_resourceType_timestamp_idx",
    `SELECT * FROM audit_log WHERE resourceType = 'rule-3' ${auditPage}`,
    [],
  ],
  ["PRIMARY", "SELECT * FROM sound WHERE id < ? ORDER BY id DESC LIMIT 21", [sounds[90]]],
  ["sound_name_key", "SELECT name, objectKey FROM sound WHERE name IN (?, ?, ?)", ["1", "2", "3"]],
  ["rule_soundId_idx", "SELECT id FROM rule WHERE soundId = ? AND deletedAt IS NULL", [sounds[0]]],
  [
    "orphan_object_dueAt_idx",
    "SELECT objectKey FROM orphan_object WHERE dueAt <= UTC_TIMESTAMP(3) ORDER BY dueAt LIMIT 20",
    [],
  ],
  ["audit_log_resourceId_timestamp_idx", `SELECT * FROM audit_log WHERE resourceId = ? ${auditPage}`, [rule]],
];

describe("the server's plans", () => {
  it.each(queries)("use %s for %s", async (index, sql, values) => {
    const plan = await pool.query<{ key: string | null; Extra: string | null }[]>(`EXPLAIN ${sql}`, values);
    expect(plan.map(({ key }) => key)).toEqual([index]);
  });

  it("read a person's inbox and unread, and everyone's notifications, in order, without sorting", async () => {
    const inOrder = queries.filter(
      ([, sql]) => sql.includes("ORDER BY notificationId DESC") || sql.includes(notificationPage),
    );
    for (const [, sql, values] of inOrder) {
      const plan = await pool.query<{ Extra: string | null }[]>(`EXPLAIN ${sql}`, values);
      expect(plan.map(({ Extra }) => Extra ?? "").join()).not.toContain("filesort");
    }
    expect(inOrder).toHaveLength(6);
  });
});

async function populate(): Promise<void> {
  await insert(
    "role (id, name, permissions, description)",
    users.map((id, index) => [id, `role ${index}`, "[]", ""]),
  );
  await insert(
    "user (id, email, passwordHash, status, updatedAt)",
    users.map((id, index) => [
      id,
      `${index}@example.com`,
      "x",
      index % 10 ? "active" : "pending",
      new Date(),
    ]),
  );
  await insert(
    "refresh_token (id, userId, tokenHash, familyId, expiresAt)",
    users.flatMap((id, place) =>
      Array.from({ length: 5 }, (_, index) => {
        const tokenHash = Buffer.alloc(32);
        tokenHash.writeUInt32BE(place * 5 + index);
        return [newId(), id, tokenHash, newId(), new Date()];
      }),
    ),
  );
  await insert(
    "api_key (id, name, prefix, secretHash, scopes, createdBy)",
    users.map((id, index) => [newId(), "k", String(index).padStart(12, "0"), hash, "[]", id]),
  );
  await insert(
    "sound (id, name, objectKey, contentType, bytes, sha256, createdBy, createdAt)",
    sounds.map((id, index) => [id, String(index), id, "audio/wav", 1, hash, users[0], new Date()]),
  );
  await insert(
    "orphan_object (objectKey, state, dueAt)",
    sounds.map((id, index) => [id, "uploading", new Date(Date.now() + (index - 2) * 60_000)]),
  );
  await insert(
    "rule (id, name, description, `condition`, titleTemplate, messageTemplate, priority, createdBy, updatedAt, soundId)",
    rules.map((id, index) => [id, "r", "", "true", "t", "m", 3, users[0], new Date(), sounds[index]]),
  );
  await insert(
    "rule_version (ruleId, version, snapshot, authorId)",
    rules.flatMap((id) => [1, 2, 3, 4, 5].map((version) => [id, version, "{}", users[0]])),
  );
  await insert(
    "event (id, type, source, payload, status, bodyHash, receivedAt, idempotencyHash)",
    events.map((id, index) => {
      const key = Buffer.alloc(32);
      key.writeUInt32BE(index);
      return [
        id,
        `type-${index % 20}`,
        "s",
        "{}",
        index % 50 ? "processed" : "received",
        hash,
        new Date(),
        key,
      ];
    }),
  );
  await insert(
    "notification (id, ruleId, eventId, kind, sourceKey, title, message, priority, ruleVersion, deliveryDueAt, createdAt)",
    notifications.map((id, index) => [
      ...[id, rules[index % rules.length], events[index], index % 20 ? "alert" : "storm", `alert:${id}`],
      ...["t", "m", index % 20 ? 3 : 1, 1],
      ...[index % 50 ? null : new Date(), new Date()],
    ]),
  );
  await insert(
    "device (id, userId, platform, token, tokenHash, createdAt, lastSeenAt)",
    users.map((id, index) => {
      const tokenHash = Buffer.alloc(32);
      tokenHash.writeUInt32BE(index);
      return [newId(), id, "fcm", "t", tokenHash, new Date(), new Date()];
    }),
  );
  await insert(
    "push_delivery (notificationId, deviceId, userId, platform, status, dueAt)",
    notifications.map((id, index) => [
      id,
      newId(),
      users[0],
      "fcm",
      "pending",
      index % 50 ? null : new Date(),
    ]),
  );
  await insert(
    "user_inbox (userId, summaryDueAt)",
    users.map((id, index) => [id, index % 20 ? null : new Date()]),
  );
  await insert(
    "dead_letter (id, eventId, error, attempts, status, createdAt)",
    events.map((id, index) => [newId(), id, "broken", 8, index % 50 ? "redriven" : "open", new Date()]),
  );
  for (const userId of users) {
    await insert(
      "notification_recipient (userId, notificationId, seq, readAt, ruleId, kind, priority, createdAt)",
      notifications.map((id, index) => [
        ...[userId, id, index, index % 50 ? new Date() : null, rules[index % rules.length]],
        ...["alert", 3, new Date()],
      ]),
    );
  }
  await insert(
    "decision_log (eventId, ruleId, ruleVersion, outcome, reason, decidedAt)",
    events.map((id, index) => [id, rules[index % rules.length], 1, "alerted", "new_alert", new Date()]),
  );
  await insert(
    "delivery_attempt (id, notificationId, channel, status, attempt, recipientCount, startedAt, finishedAt)",
    notifications.map((id) => [newId(), id, "pusher", "accepted", 1, 1, new Date(), new Date()]),
  );
  await insert(
    "audit_log (id, action, userId, actorType, resourceType, resourceId, timestamp)",
    notifications.map((_, index) => [
      ...[newId(), `a-${index % 20}`, users[index % USERS], "user", `rule-${index % 20}`],
      ...[rules[index % rules.length], new Date(Date.UTC(2026, 0, 1) + index * 1000)],
    ]),
  );
  await insert(
    "transfer_bucket (id, name, currency, currentBalance, threshold, hysteresis, state, createdAt, updatedAt)",
    buckets.map((id, index) => [
      ...[id, "b", index % 20 ? "EUR" : "CHF", "1", "0", "0", index % 20 ? "ok" : "breached"],
      ...[new Date(), new Date()],
    ]),
  );
  await insert(
    "bucket_balance_entry (id, bucketId, kind, amount, balanceAfter, idempotencyHash, createdBy, createdAt)",
    Array.from({ length: 1000 }, (_, index) => {
      const key = Buffer.alloc(32);
      key.writeUInt32BE(index);
      return [
        ...[newId(), buckets[index % 20], "adjustment", "1", "1"],
        ...[index % 3 ? null : key, users[0], new Date()],
      ];
    }),
  );
  const tables =
    "role, user, refresh_token, api_key, rule, rule_version, event, notification, notification_recipient, decision_log, delivery_attempt, transfer_bucket, bucket_balance_entry";
  await pool.query(`ANALYZE TABLE ${tables}, sound, orphan_object, audit_log`);
}

async function insert(target: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  const row = `(${(rows[0] ?? []).map(() => "?").join(", ")})`;
  await pool.query(`INSERT INTO ${target} VALUES ${rows.map(() => row).join(", ")}`, rows.flat());
}
