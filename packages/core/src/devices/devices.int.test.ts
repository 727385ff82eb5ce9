import { maximumDevices, registerDeviceInputSchema } from "@tocsin/contracts/api/devices";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { actorOf, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { listDevices } from "./list-devices.ts";
import { registerDevice } from "./register-device.ts";
import { removeDevice } from "./remove-device.ts";
import { setPushTokens } from "./set-push-tokens.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(() => test.close());

const givenPerson = async (): Promise<Context> =>
  test.contextOf(actorOf(await givenUser(test.services.db, [])));
const register = (ctx: Context, token: string, some: object = {}) =>
  registerDevice(ctx, registerDeviceInputSchema.parse({ platform: "fcm", token, ...some }));
const inUse = async (ctx: Context) =>
  (await listDevices(ctx)).items.filter(({ disabledAt }) => disabledAt === null).map(({ id }) => id);
const apnsToken = "ab".repeat(32);

it("a device that is registered again, at each start of its app, stays the same device and is audited once", async () => {
  const ada = await givenPerson();
  const first = await register(ada, "ada-1");
  const second = await register(ada, "ada-1", { locale: "de-CH" });
  expect(second).toMatchObject({ id: first.id, locale: "de-CH", disabledAt: null });
  expect(await test.services.db.auditLog.count({ where: { resourceId: first.id } })).toBe(1);
});

it("a token belongs to whoever registered it last", async () => {
  const [ada, ben] = [await givenPerson(), await givenPerson()];
  const { id } = await register(ada, "shared");
  await register(ben, "shared");
  expect([await inUse(ada), await inUse(ben)]).toEqual([[], [id]]);
});

it("a token of Apple's is the same device in capitals, also where the version before kept it so", async () => {
  const ada = await givenPerson();
  const inCapitals = apnsToken.toUpperCase().replace("AB", "AC");
  const apns = (token: string) => register(ada, token, { platform: "apns" });
  const first = await apns(inCapitals);
  expect(await apns(inCapitals.toLowerCase())).toMatchObject({ id: first.id });
  const older = await register(ada, "older");
  await test.services.db.device.update({
    where: { id: older.id },
    data: { platform: "apns", token: inCapitals },
  });
  await apns(inCapitals);
  expect(await inUse(ada)).toEqual([first.id]);
});

it("many who register one token at once leave one device", async () => {
  const people = await Promise.all(Array.from({ length: 6 }, givenPerson));
  const devices = await Promise.all(people.map((ctx) => register(ctx, "raced")));
  expect(new Set(devices.map(({ id }) => id)).size).toBe(1);
  const owners = (await Promise.all(people.map(inUse))).flat();
  expect(owners).toHaveLength(1);
});

it(`of more than ${maximumDevices} devices those that were not seen for longest get nothing any more`, async () => {
  const ada = await givenPerson();
  const first = await register(ada, newId());
  await test.services.db.device.update({
    where: { id: first.id },
    data: { lastSeenAt: new Date(Date.now() - 60_000) },
  });
  for (let count = 1; count < maximumDevices; count += 1) await register(ada, newId());
  expect(await inUse(ada)).toContain(first.id);
  await register(ada, newId());
  expect(await inUse(ada)).toHaveLength(maximumDevices);
  expect(await inUse(ada)).not.toContain(first.id);
});

it("a device that was removed is not there a second time, until its app registers it again", async () => {
  const ada = await givenPerson();
  const { id } = await register(ada, "lost-and-found");
  await removeDevice(ada, { id });
  await expect(removeDevice(ada, { id })).rejects.toMatchObject({ code: "DEVICE_NOT_FOUND" });
  expect(await register(ada, "lost-and-found")).toMatchObject({ id, disabledAt: null, disabledReason: null });
});

it("push tokens: a text registers, null stops, what is not named stays", async () => {
  const ada = await givenPerson();
  expect(await setPushTokens(ada, { fcm: "android", apns: apnsToken })).toMatchObject({
    pushTokens: { fcm: "android", apns: apnsToken },
  });
  expect(await setPushTokens(ada, { fcm: null })).toMatchObject({
    pushTokens: { fcm: null, apns: apnsToken },
  });
  expect(await setPushTokens(ada, {})).toMatchObject({ pushTokens: { fcm: null, apns: apnsToken } });
});

it.each([
  ["fcm", "with space", false],
  ["fcm", "x".repeat(1000), true],
  ["fcm", "x".repeat(1001), false],
  ["apns", "ab".repeat(31), false],
  ["apns", "ab".repeat(32), true],
  ["apns", "ab".repeat(100), true],
  ["apns", "ab".repeat(101), false],
  ["apns", "zz".repeat(32), false],
])("a token of %s such as %.40s is taken: %s", (platform, token, isTaken) => {
  expect(registerDeviceInputSchema.safeParse({ platform, token }).success).toBe(isTaken);
});
