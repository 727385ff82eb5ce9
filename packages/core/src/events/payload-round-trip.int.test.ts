import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actorOf, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { Context } from "../context.ts";
import { getEvent } from "./get-event.ts";
import { sendEvent } from "./send-event.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [])));
});

afterAll(() => test.close());

/** What is kept of a payload that came as this JSON. */
async function keptOf(json: string): Promise<unknown> {
  const input = sendEventInputSchema.parse({ type: "x", source: "s", payload: JSON.parse(json) });
  const { id } = await sendEvent(ctx, input);
  return (await getEvent(ctx, { id })).payload;
}

/** Numbers that need all of their digits, each with the exponent of its place. */
function doubles(): number[] {
  const bits = new DataView(new ArrayBuffer(8));
  return Array.from({ length: 2000 }, (_, place) => {
    bits.setUint32(0, Math.imul(place + 1, 0x9e37_79b1));
    bits.setUint32(4, Math.imul(place + 1, 0x85eb_ca6b));
    return bits.getFloat64(0);
  }).filter(Number.isFinite);
}

describe("an event's payload", () => {
  it.each([
    '{"largest":9007199254740991,"smallest":-9007199254740991}',
    '{"beyond":18446744073709551616,"far":1e308,"near":5e-324,"zero":-0,"exact":0.1}',
    '{"z":1,"longer":2,"a":{"y":[],"x":{}}}',
    '{"":1," ":2,"é":3,"e":4,"E":5}',
    '{"text":"Zürich 🚨 \\u0000 \\\\ \\" / \\ud83d\\ude80"}',
    '{"looksLikeOne":"2026-03-29T02:30:00Z","number":"1.10","base64":"AAEC"}',
    '{"list":[null,true,false,[1.5,"1.5"],{}]}',
  ])("is what its JSON said: %s", async (json) => {
    const payload: unknown = JSON.parse(json);
    // Zero has no sign in JSON as it is written again.
    expect(await keptOf(json)).toEqual(JSON.parse(JSON.stringify(payload)));
  });

  it("keeps every number to its last bit", async () => {
    const numbers = doubles();
    expect(numbers.length).toBeGreaterThan(1900);
    expect(await keptOf(JSON.stringify({ numbers }))).toEqual({ numbers });
  });

  it.each([
    ["half of a surrogate pair", String.raw`{"text":"\ud800"}`],
    ["half of one in a name", String.raw`{"\udc00":1}`],
    ["a name that is too long to be kept", `{"${"k".repeat(30_000)}":1}`],
    ["a number beyond every double", '{"huge":1e400}'],
  ])("with %s is refused before it is stored", async (_, json) => {
    await expect(keptOf(json)).rejects.toMatchObject({ issues: [{ path: ["payload"] }] });
  });
});
