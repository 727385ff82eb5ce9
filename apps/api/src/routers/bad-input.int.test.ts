import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { silentWav } from "@tocsin/core/testing/sound-files";
import { type RestRoute, restRoutes } from "../rest/routes.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";
import { v1Router } from "./v1.ts";

/** A field as its JSON schema describes it. */
interface FieldSchema {
  type?: string;
  anyOf?: { type?: string }[];
  examples?: unknown[];
  maxLength?: number;
  maximum?: number;
}

interface InputSchema {
  properties: Record<string, FieldSchema>;
  required?: string[];
}

interface BadInput {
  what: string;
  field: string;
  fields: Record<string, unknown>;
}

const procedures = v1Router._def.procedures as unknown as Record<string, { _def: { inputs: z.ZodType[] } }>;
const routes = restRoutes(v1Router).filter(({ takesInput }) => takesInput);
const id = "0198c0de-0000-7000-8000-000000000000";

/** Never stored as they come (or, a condition, refused by the rule language itself): any character will do. */
const anyCharacter = ["password", "currentPassword", "token", "refreshToken", "condition", "channel_name"];

/** Whose items are judged one by one: a bad one is refused, not the request. */
const singlyJudged = ["events"];

/** What others send, and may add fields to one day. */
const openToMore = ["/webhooks/pusher"];

function schemaOf(route: RestRoute): InputSchema {
  const [input] = procedures[route.procedure.join(".")]?._def.inputs ?? [];
  if (!input) throw new Error(`${route.path} has no input`);
  return z.toJSONSchema(input, { io: "input" }) as InputSchema;
}

function isQuery({ method }: RestRoute): boolean {
  return method === "GET" || method === "DELETE";
}

/** Input that passes: the first example of each field that must be there. */
function goodInput({ properties, required = [] }: InputSchema): Record<string, unknown> {
  return Object.fromEntries(required.map((name) => [name, properties[name]?.examples?.[0]]));
}

/** Every way in which a form with a file can be wrong, beside what the file holds. */
function badUploads(): BadInput[] {
  const file = new File([silentWav()], "a.wav");
  return [
    { what: "with a field that is not known", field: "isAdmin", fields: { file, isAdmin: "true" } },
    { what: "with a file that is not known", field: "other", fields: { other: file } },
    { what: "missing", field: "file", fields: {} },
    { what: "given twice", field: "file", fields: { file: [file, file] } },
    { what: "of another type", field: "file", fields: { file: "a text" } },
    { what: "which is empty", field: "file", fields: { file: new File([], "a.wav") } },
    { what: "without a name", field: "file", fields: { file: new File([silentWav()], "../..") } },
  ];
}

/** Every way in which one field can be wrong. */
function badInputs(route: RestRoute): BadInput[] {
  if (route.meta.uploads) return badUploads();
  const schema = schemaOf(route);
  const good = goodInput(schema);
  const bad: BadInput[] = openToMore.includes(route.path)
    ? []
    : [{ what: "with a field that is not known", field: "isAdmin", fields: { ...good, isAdmin: "true" } }];
  for (const [field, description] of Object.entries(schema.properties)) {
    if (route.path.includes(`{${field}}`)) {
      bad.push({ what: "which is no id", field, fields: { ...good, [field]: "1 OR 1=1" } });
      continue;
    }
    for (const [what, value] of wrongValues(field, description, isQuery(route))) {
      bad.push({ what, field, fields: { ...good, [field]: value } });
    }
    if (schema.required?.includes(field)) {
      const { [field]: _left, ...others } = good;
      bad.push({ what: "missing", field, fields: others });
    }
  }
  return bad;
}

function wrongValues(field: string, schema: FieldSchema, inQuery: boolean): [string, unknown][] {
  const { type, anyOf, maxLength, maximum } = schema;
  const types = anyOf?.map((one) => one.type) ?? [type];
  const isPlainText = types.includes("string") && !anyCharacter.includes(field);
  if (inQuery) {
    if (types.includes("integer"))
      return [
        ["as text", "x"],
        ["as a fraction", "1.5"],
        ["too large", (maximum ?? 0) + 1],
      ];
    return [
      ["empty or not of the list", ""],
      ["too long", "a".repeat((maxLength ?? 500) + 1)],
    ];
  }
  return [
    ...(types.includes("null") ? [] : ([["null", null]] as [string, unknown][])),
    ["of another type", types.includes("object") || types.includes("string") ? 7 : "seven"],
    ...(singlyJudged.includes(field)
      ? ([["an empty list", []]] as [string, unknown][])
      : ([["a list", types.includes("array") ? [[]] : []]] as [string, unknown][])),
    ...(maxLength === undefined ? [] : ([["too long", "a".repeat(maxLength + 1)]] as [string, unknown][])),
    ...(maximum === undefined ? [] : ([["too large", maximum + 1]] as [string, unknown][])),
    ...(isPlainText ? ([["with a control character", "a\u0000b"]] as [string, unknown][]) : []),
  ];
}

let testApp: TestApp;
let accessToken: string;

beforeAll(async () => {
  testApp = await createTestApp();
  accessToken = (await testApp.login("Admin")).accessToken;
});

afterAll(() => testApp.close());

function send(route: RestRoute, { id: givenId = id, ...others }: Readonly<Record<string, unknown>>) {
  const path = `/api/v1${route.path}`.replace("{id}", encodeURIComponent(givenId as string));
  const method = route.method.toLowerCase() as "get" | "post" | "put" | "delete";
  const asking = request(testApp.app)[method](path).set("Authorization", `Bearer ${accessToken}`);
  if (route.meta.uploads) return sendForm(asking, others);
  return isQuery(route) ? asking.query(others) : asking.send(others);
}

/** A boundary of our own: a form without parts has none that supertest could make. */
async function sendForm(
  asking: request.Test,
  fields: Readonly<Record<string, unknown>>,
): Promise<request.Response> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  const body = new Response(form);
  const bytes = Buffer.from(await body.arrayBuffer());
  return asking.set("Content-Type", body.headers.get("Content-Type") ?? "").send(bytes);
}

/** How many rows each table that requests write to has. */
async function countRows(): Promise<Record<string, number>> {
  const { db } = testApp.services;
  const [users, apiKeys, tokens, rules, events, recipients, buckets, sounds, audit] = await Promise.all([
    db.user.count(),
    db.apiKey.count(),
    db.refreshToken.count(),
    db.rule.count(),
    db.event.count(),
    db.notificationRecipient.count(),
    db.transferBucket.count(),
    db.sound.count(),
    db.auditLog.count(),
  ]);
  return { users, apiKeys, tokens, rules, events, recipients, buckets, sounds, audit };
}

describe.each(routes)("$method $path", (route) => {
  it.each(badInputs(route))("refuses $field $what, says where, writes nothing", async ({ field, fields }) => {
    const before = await countRows();
    const answer = await send(route, fields);
    expect(answer.body).toMatchObject({ status: 400, code: "VALIDATION_FAILED" });
    expect(answer.type).toBe("application/problem+json");
    const pointers = (answer.body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.every((pointer) => pointer === `/${field}` || pointer.startsWith(`/${field}/`))).toBe(
      true,
    );
    expect(pointers.length).toBeGreaterThan(0);
    expect(await countRows()).toEqual(before);
  });
});
