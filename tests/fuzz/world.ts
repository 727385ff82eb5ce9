import { silentWav } from "@tocsin/core/testing/sound-files";
import { apiKeyScopes } from "@tocsin/contracts/permissions";
import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { call } from "../support/client.ts";
import { password, type System } from "../support/system.ts";

/** Who asks. */
export const callerNames = ["stranger", "Operator", "RuleManager", "Admin", "API key"] as const;
export type CallerName = (typeof callerNames)[number];

/** The callers who log in, with the role that each holds. */
const people = ["Operator", "RuleManager", "Admin"] as const;

/** What exists in the system under test, and who may ask for it. */
export interface World {
  /** What a caller shows; undefined for a stranger. */
  tokenOf: (caller: CallerName) => string | undefined;
  /** The id of a thing that exists. */
  idOf: (area: string, index: number) => string;
  /** Gives a caller new credentials: the last ones may have been ended by what was asked. */
  renew: (caller: CallerName) => Promise<void>;
  /** Sees to it that there is something of each kind, and learns what there is. */
  refresh: () => Promise<void>;
}

/** How many of a kind are known at a time. */
const known = 10;

/** Makes the callers and at least one thing of every kind. */
export async function createWorld(system: System): Promise<World> {
  const tokens = new Map<CallerName, string>();
  const callerIds = new Set<string>();
  const ids = new Map<string, string[]>();

  const renew = async (caller: CallerName) => {
    if (caller === "stranger") return;
    if (caller === "API key") {
      tokens.set(caller, await newApiKey(system, () => adminToken()));
      return;
    }
    const person = await newPerson(system, caller);
    callerIds.add(person.id);
    tokens.set(caller, person.token);
  };
  const adminToken = async () => {
    await renew("Admin");
    return tokens.get("Admin") ?? "";
  };
  for (const name of [...people, "API key"] as const) await renew(name);

  const refresh = async () => {
    await makeThings(system, await adminToken());
    for (const [area, some] of await readIds(system, callerIds)) ids.set(area, some);
  };
  await refresh();
  return {
    tokenOf: (caller) => tokens.get(caller),
    idOf(area, index) {
      const some = ids.get(area) ?? [];
      return some[index % some.length] ?? newId();
    },
    renew,
    refresh,
  };
}

/** An address that nothing was counted for yet: the API takes the proxy's word for it. */
function freshAddress(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(3));
  return `10.${bytes.join(".")}`;
}

async function newPerson({ db, ...system }: System, role: string): Promise<{ id: string; token: string }> {
  const id = newId();
  const email = `${id}@example.com`;
  const { passwordHash } = await db.user.findFirstOrThrow({ where: { email: "auditor@example.com" } });
  const { id: roleId } = await db.role.findFirstOrThrow({ where: { name: role } });
  await db.user.create({
    data: { id, email, passwordHash, status: "active", inbox: { create: {} }, roles: { create: { roleId } } },
  });
  const { status, body } = await call({ db, ...system }, "POST", "/api/v1/auth/login", {
    body: { email, password },
    headers: { "x-forwarded-for": freshAddress() },
  });
  if (status !== 200)
    throw new Error(`The login of a new ${role} was answered with ${status}: ${JSON.stringify(body)}`);
  return { id, token: String(body["accessToken"]) };
}

async function newApiKey(system: System, adminToken: () => Promise<string>): Promise<string> {
  const { status, body } = await call(system, "POST", "/api/v1/api-keys", {
    token: await adminToken(),
    body: { name: "Fuzz", scopes: apiKeyScopes },
  });
  if (status !== 201) throw new Error(`A new API key was answered with ${status}: ${JSON.stringify(body)}`);
  return String(body["secret"]);
}

/** One more thing of each kind that the API makes at once. */
async function makeThings(system: System, token: string): Promise<void> {
  const name = `Fuzz ${newId()}`;
  const make = async (path: string, body: unknown) => {
    const { status, body: made } = await call(system, "POST", path, { token, body });
    if (status >= 300) throw new Error(`POST ${path} was answered with ${status}: ${JSON.stringify(made)}`);
    return made.id;
  };
  await make("/api/v1/rules", { name, condition: 'event.type == "fuzz.world"', targetRoles: [...people] });
  await make("/api/v1/silences", {
    condition: 'event.type == "nothing"',
    startsAt: new Date().toISOString(),
    endsAt: "2090-01-01T00:00:00Z",
  });
  await make("/api/v1/api-keys", { name, scopes: ["events:send"] });
  await make("/api/v1/roles", { name, permissions: ["rules:read"] });
  await make("/api/v1/transfer-buckets", { name, currency: "EUR", threshold: "10" });
  await make("/api/v1/users/me/devices", { platform: "fcm", token: name.replaceAll(" ", "-") });
  await make("/api/v1/users/me/test-notification", {});
  await make("/api/v1/auth/register", { email: `${newId()}@example.com`, password });
  await upload(system, token, `${newId()}.wav`);
  const eventId = await make("/api/v1/events", { type: "fuzz.world", source: "fuzz" });
  await system.db.deadLetter.create({
    data: { id: newId(), eventId: newId(), error: "Made for the fuzz", attempts: 5, createdAt: new Date() },
  });
  await eventually(
    async () => {
      const event = await system.db.event.findUniqueOrThrow({ where: { id: eventId } });
      if (event.status === "received") throw new Error("The worker has not processed the event");
    },
    { timeoutMs: 30_000 },
  );
}

async function upload(system: System, token: string, name: string): Promise<void> {
  const form = new FormData();
  form.append("file", new File([silentWav()], name));
  const answer = await fetch(`${system.url}/api/v1/sounds`, {
    method: "POST",
    body: form,
    headers: { authorization: `Bearer ${token}` },
  });
  const text = await answer.text();
  if (answer.status !== 201) throw new Error(`An upload was answered with ${answer.status}: ${text}`);
}

/** The newest of each kind. */
async function readIds({ db }: System, callerIds: ReadonlySet<string>): Promise<Map<string, string[]>> {
  const newest = { select: { id: true }, orderBy: { id: "desc" }, take: known } as const;
  const own = { in: [...callerIds].slice(-known) };
  const notifications = await db.notificationRecipient.findMany({
    where: { userId: own },
    select: { notificationId: true },
    orderBy: { notificationId: "desc" },
    take: known,
  });
  const found = {
    rules: await db.rule.findMany({ ...newest, where: { deletedAt: null } }),
    silences: await db.silence.findMany(newest),
    "api-keys": await db.apiKey.findMany({ ...newest, where: { NOT: { name: "Fuzz" } } }),
    roles: await db.role.findMany(newest),
    users: await db.user.findMany({ ...newest, where: { id: { notIn: [...callerIds] } } }),
    "transfer-buckets": await db.transferBucket.findMany(newest),
    sounds: await db.sound.findMany(newest),
    events: await db.event.findMany(newest),
    devices: await db.device.findMany({ ...newest, where: { userId: own } }),
    drills: await db.notification.findMany({ ...newest, where: { kind: "drill" } }),
    "dead-letters": await db.deadLetter.findMany(newest),
  };
  return new Map([
    ...Object.entries(found).map(([area, rows]) => [area, rows.map(({ id }) => id)] as const),
    ["notifications", notifications.map(({ notificationId }) => notificationId)],
  ]);
}
