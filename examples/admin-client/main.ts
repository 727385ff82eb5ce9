// What an admin does in a day, by the typed client: approves someone, makes a rule, tries it on samples and on the past,
// makes it live, and reads in the audit log what was done.
import { createTocsinClient, problemOf, type TocsinClient } from "@tocsin/client";

const url = process.env["TOCSIN_URL"] ?? "http://127.0.0.1:3000";
const email = process.env["TOCSIN_EMAIL"] ?? "admin@tocsin.local";
const password = process.env["TOCSIN_PASSWORD"] ?? "demo-admin-2026";

const visitor = createTocsinClient({ url });
const { accessToken } = await visitor.auth.login.mutate({ email, password });
const tocsin = createTocsinClient({ url, token: accessToken });

const from = new Date().toISOString();
await approveSomeone(tocsin);
await makeRule(tocsin);
await followAuditLog(tocsin);

async function approveSomeone(client: TocsinClient): Promise<void> {
  const newcomer = `newcomer-${Date.now()}@example.com`;
  const applied = await visitor.auth.register.mutate({ email: newcomer, password: crypto.randomUUID() });
  console.log(`registered: ${applied.email} is ${applied.status}`);

  const user = await client.users.approve.mutate({ id: applied.id, roles: ["Operator"] });
  console.log(`approved: ${user.email} is ${user.status} as ${user.roles.join(", ")}`);
}

async function makeRule(client: TocsinClient): Promise<void> {
  const draft = {
    name: "Card declined",
    condition: 'event.type == "card.declined" && event.amount > 500',
    targetRoles: ["Operator"],
    title: "{{ event.amount }} declined at {{ event.payload.shop }}",
  };
  const event = { type: "card.declined", payload: { amount: 900, shop: "Zoo" } };

  const broken = await client.rules.validate.mutate({ condition: "event.amount >" });
  console.log(`a condition that breaks off: ${broken.errors.map(({ message }) => message).join(", ")}`);
  try {
    await client.rules.create.mutate({ ...draft, condition: "event.amount >" });
  } catch (error) {
    const problem = problemOf(error);
    if (problem?.code !== "INVALID_CONDITION") throw error;
    console.log(`refused: ${problem.code} ${problem.status} at ${problem.errors[0]?.pointer}`);
  }

  // Calls of one moment go in one request.
  const [tested, backtest] = await Promise.all([
    client.rules.test.mutate({ draft, event }),
    client.rules.backtest.mutate({ draft, hours: 24 }),
  ]);
  console.log(`on a sample: ${tested.alert?.title ?? tested.why}`);
  console.log(`on the past: ${backtest.alerts} alerts from ${backtest.lookedAt} events`);

  const rule = await client.rules.create.mutate({ ...draft, mode: "shadow" });
  const live = await client.rules.update.mutate({
    id: rule.id,
    mode: "live",
    expectedVersion: rule.version,
  });
  console.log(`made: ${live.name} is ${live.mode} at version ${live.version}`);
  await client.rules.delete.mutate({ id: rule.id });
}

async function followAuditLog(client: TocsinClient): Promise<void> {
  const { items } = await client.audit.list.query({ from, limit: 100 });
  for (const line of items.toReversed())
    console.log(`audit: ${line.action} by ${line.actorLabel ?? "nobody"}`);

  let bytes = 0;
  for await (const piece of await client.audit.export.query({ from })) bytes += piece.length;
  console.log(`as CSV: ${bytes > 0 ? "read" : "empty"}`);
}
