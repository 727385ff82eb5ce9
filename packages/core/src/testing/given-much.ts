import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** What {@link givenMuch} wrote, by the ids that queries ask for. */
export interface MuchData {
  users: string[];
  rules: string[];
  events: string[];
  notifications: string[];
  sounds: string[];
  buckets: string[];
}

const size = { users: 300, rules: 300, events: 3000, notifications: 2000, sounds: 200, buckets: 400 };

/** How many people have a copy of every notification. */
const widePeople = 4;

type Row = Readonly<Record<string, unknown>>;

/**
 * Fills the tables so far that a plan matters: thousands of rows, of which few are due, open or unread, as in a system
 * that keeps up. The server's figures are brought up to date.
 */
export async function givenMuch(pool: Pool): Promise<MuchData> {
  const users = idsOf(size.users);
  const rules = idsOf(size.rules);
  const events = idsOf(size.events);
  const notifications = idsOf(size.notifications);
  const sounds = idsOf(size.sounds);
  const buckets = idsOf(size.buckets);
  const [author = ""] = users;
  const now = new Date();
  const past = (index: number) => new Date(now.getTime() - index * 60_000);
  const atRandom = <Item>(items: readonly Item[], index: number) => items[(index * 7919) % items.length];

  const roles = idsOf(600);

  const tables: Record<string, Row[]> = {
    role: roles.map((id, index) => ({ id, name: `role ${index}`, permissions: "[]", description: "" })),
    user: users.map((id, index) => ({
      ...{ id, email: `${index}@example.com`, passwordHash: "x" },
      ...{ status: index % 50 === 3 ? "pending" : "active", updatedAt: now },
    })),
    user_inbox: users.map((userId, index) => ({
      ...{ userId, lastSeq: size.notifications, summaryDueAt: index % 50 ? null : past(index) },
      ...{ reconciledAt: past(index % 50 ? 0 : 60 * 24 * 3) },
    })),
    refresh_token: users.flatMap((userId, place) =>
      many(5, (index) => ({
        ...{ id: newId(), userId, tokenHash: hashOf(place * 5 + index), familyId: newId(), expiresAt: now },
      })),
    ),
    api_key: users.map((_, index) => ({
      ...{ id: newId(), name: "k", prefix: prefixOf(index), secretHash: hashOf(index), scopes: "[]" },
      ...{ createdBy: author },
    })),
    sound: sounds.map((id, index) => ({
      ...{
        id,
        name: `${index}.mp3`,
        objectKey: id,
        contentType: "audio/mpeg",
        bytes: 1,
        sha256: hashOf(index),
      },
      ...{ createdBy: author, createdAt: past(index) },
    })),
    orphan_object: sounds.map((objectKey, index) => ({
      ...{ objectKey, state: "uploading", dueAt: past(index % 50 ? -60 : 1) },
    })),
    rule: rules.map((id, index) => ({
      ...{ id, name: `r ${index % 40}`, description: "", condition: "true", titleTemplate: "t" },
      ...{ messageTemplate: "m", priority: (index % 5) + 1, createdBy: author, updatedAt: past(index) },
      ...{ active: index % 3 === 0, soundId: sounds[index] },
    })),
    user_role: users.flatMap((userId, index) =>
      [0, 1].map((place) => ({ userId, roleId: roles[(index + place) % roles.length] })),
    ),
    user_preference: users.map((userId) => ({ userId, mutedRules: "[]", updatedAt: now })),
    rule_target_role: rules.flatMap((ruleId, index) =>
      [0, 1, 2].map((place) => ({ ruleId, roleId: roles[(index + place) % roles.length] })),
    ),
    rule_escalation_role: rules.flatMap((ruleId, index) =>
      [0, 1, 2].map((place) => ({ ruleId, roleId: roles[(index + place) % roles.length] })),
    ),
    rule_gate: rules.map((ruleId, index) => ({
      ...{ ruleId, stormId: null, nextDigestAt: index % 40 ? null : past(index + 1) },
    })),
    rule_version: rules.flatMap((ruleId) =>
      many(30, (index) => ({
        ruleId,
        version: index + 1,
        snapshot: JSON.stringify({ name: "r", condition: "true", targetRoles: ["a"] }),
        authorId: author,
      })),
    ),
    event: events.map((id, index) => ({
      ...{ id, type: `type-${index % 40}`, source: "s", payload: "{}", bodyHash: hashOf(index) },
      ...{ status: index % 100 ? "processed" : "received", receivedAt: past(size.events - index) },
      ...{ idempotencyHash: hashOf(index) },
    })),
    dead_letter: events.map((eventId, index) => ({
      ...{ id: newId(), eventId, error: "e", attempts: 8, createdAt: now },
      ...{ status: index % 100 ? "redriven" : "open" },
    })),
    notification: notifications.map((id, index) => ({
      ...{ id, ruleId: atRandom(rules, index), eventId: events[index], sourceKey: `alert:${id}` },
      ...{ kind: index % 50 ? "alert" : "storm", title: "t", message: "m", priority: (index % 5) + 1 },
      ...{ ruleVersion: 1, recipientCount: widePeople, createdAt: past(size.notifications - index) },
      ...Object.fromEntries(
        ["deliveryDueAt", "fanoutDueAt", "withdrawDueAt", "tellDueAt", "nextEscalationAt"].map(
          (column, place) => [column, index % 100 === place ? past(1) : null],
        ),
      ),
    })),
    notification_recipient: users.slice(0, widePeople).flatMap((userId) =>
      notifications.map((notificationId, index) => ({
        ...{ userId, notificationId, seq: index + 1, readAt: index % 50 ? now : null },
        ...{ ruleId: atRandom(rules, index), kind: index % 50 ? "alert" : "storm", priority: 3 },
        ...{ createdAt: past(size.notifications - index), delivery: index % 50 ? "sent" : "pending" },
      })),
    ),
    device: users.map((userId, index) => ({
      ...{ id: newId(), userId, platform: "fcm", token: "t", tokenHash: hashOf(index) },
      ...{ createdAt: now, lastSeenAt: now },
    })),
    push_delivery: notifications.map((notificationId, index) => ({
      ...{ notificationId, deviceId: newId(), userId: author, platform: index % 2 ? "fcm" : "apns" },
      ...{ status: "pending", dueAt: index % 50 > 1 ? null : past(1) },
    })),
    decision_log: events.map((eventId, index) => ({
      ...{ eventId, ruleId: atRandom(rules, index), ruleVersion: 1, outcome: "alerted" },
      ...{ reason: "new_alert", decidedAt: now },
    })),
    delivery_attempt: notifications.map((notificationId) => ({
      ...{ id: newId(), notificationId, channel: "pusher", status: "accepted", attempt: 1 },
      ...{ recipientCount: 1, startedAt: now, finishedAt: now },
    })),
    audit_log: events.map((_, index) => ({
      ...{ id: newId(), action: `a-${index % 40}`, userId: atRandom(users, index), actorType: "user" },
      ...{ resourceType: `kind-${index % 20}`, resourceId: atRandom(rules, index) },
      ...{ timestamp: past(size.events - index) },
    })),
    transfer_bucket: buckets.map((id, index) => ({
      ...{ id, name: "b", currency: index % 40 ? "EUR" : "CHF", currentBalance: "1", threshold: "0" },
      ...{ hysteresis: "0", state: index % 40 === 1 ? "breached" : "ok", createdAt: now, updatedAt: now },
    })),
    bucket_balance_entry: many(3000, (index) => ({
      ...{ id: newId(), bucketId: atRandom(buckets.slice(0, 100), index), kind: "adjustment", amount: "1" },
      ...{ balanceAfter: "1", idempotencyHash: index % 3 ? null : hashOf(index) },
      ...{ createdBy: author, createdAt: now },
    })),
  };
  for (const [table, rows] of Object.entries(tables)) await insert(pool, table, rows);
  await pool.query(`ANALYZE TABLE ${Object.keys(tables).join(", ")}`);
  return { users, rules, events, notifications, sounds, buckets };
}

/** The prefix of the API key of a place. */
export function prefixOf(index: number): string {
  return `k${String(index).padStart(11, "0")}`;
}

/** 32 bytes that stand for a number. */
export function hashOf(index: number): Buffer<ArrayBuffer> {
  const hash = Buffer.alloc(32);
  hash.writeUInt32BE(index);
  return hash;
}

function idsOf(count: number): string[] {
  return many(count, () => newId()).toSorted();
}

function many<Item>(count: number, make: (index: number) => Item): Item[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

async function insert(pool: Pool, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  await pool.insertMany(
    `INSERT INTO ${table} (${columns.map((column) => `\`${column}\``).join(", ")}) VALUES (${placeholders(columns)})`,
    rows.map((row) => columns.map((column) => row[column])),
  );
}
