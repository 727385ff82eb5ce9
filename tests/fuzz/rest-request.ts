import * as fc from "fast-check";
import { newId } from "@tocsin/db/ids";
import { silentWav } from "@tocsin/core/testing/sound-files";
import type { FuzzRequest } from "./fuzz-request.ts";
import {
  bodyEncoding,
  headers,
  method,
  oddBody,
  oddContentTypes,
  oddQuery,
  spelling,
  strangeAuthorization,
} from "./hostile-http.ts";
import { hostileTexts } from "./hostile-values.ts";
import { RawJson, toJsonText } from "./json-text.ts";
import { mutatedInput } from "./mutate.ts";
import { type RestTarget, resolve } from "./targets.ts";
import { placeholderOf } from "./valid-input.ts";
import { callerNames } from "./world.ts";

/** Requests of an operation: some good ones, and everything that could be wrong with them. */
export function restRequest(target: RestTarget): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      caller: fc.constantFrom(...callerNames),
      authorization: strangeAuthorization,
      method: method(target.method),
      spelling,
      id: pathId(target.area),
      query: queryOf(target),
      odd: oddQuery,
      body: bodyOf(target),
      headers,
      encode: bodyEncoding,
    })
    .map(
      ({
        caller,
        authorization,
        spelling: spell,
        id,
        query,
        odd,
        body,
        headers: more,
        encode,
        method: how,
      }) => {
        const path = spell(target.template.replaceAll(/\{\w+\}/g, id));
        const pairs = [query, odd].filter((one) => one !== "").join("&");
        return {
          caller,
          method: how,
          path: pairs === "" ? path : `${path}?${pairs}`,
          headers: [
            ...(caller === "stranger" && authorization !== undefined
              ? [["Authorization", authorization] as const]
              : []),
            ...(body?.type === undefined ? [] : [["Content-Type", body.type] as const]),
            ...more,
          ],
          body: body?.bytes,
          encode: body ? encode : "identity",
        };
      },
    );
}

/** What stands in the place of an id: mostly that of a thing that exists. */
function pathId(area: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.nat({ max: 9 }).map((index) => placeholderOf(area, index)) },
    { weight: 1, arbitrary: fc.constant(newId()) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...[
          "1",
          "me",
          "null",
          "%00",
          "%ff",
          "..",
          "%2e%2e",
          "00000000-0000-0000-0000-000000000000",
          "1%20OR%201=1",
        ],
        ...[
          "0198C0DE-0000-7000-8000-00000000000A",
          "%7B0198c0de-0000-7000-8000-000000000000%7D",
          "a".repeat(500),
          "%F0%9F%98%80",
        ],
      ),
    },
  );
}

function queryOf({ query, area }: RestTarget): fc.Arbitrary<string> {
  if (!query) return fc.constant("");
  return mutatedInput(query, resolve, area).map((fields) =>
    Object.entries(fields instanceof RawJson ? {} : (fields as object))
      .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(textOf(value))}`)
      .join("&"),
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : toJsonText(value);
}

function percentEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** A body with the type that it is said to have. */
interface Body {
  type: string | undefined;
  bytes: Buffer;
}

function bodyOf(target: RestTarget): fc.Arbitrary<Body | undefined> {
  const types = Object.keys(target.bodies);
  const [first] = types;
  const stray = fc.constantFrom<(Body | undefined)[]>(
    ...[undefined, undefined, undefined, undefined],
    { type: "application/json", bytes: Buffer.from("{}") },
    { type: "application/json", bytes: Buffer.from('{"isAdmin":true,"expectedVersion":1}') },
    { type: "text/plain", bytes: Buffer.from("x") },
  );
  // Whether the process lives is told to whoever asks, however.
  if (first === undefined) return target.template.startsWith("/api/") ? stray : fc.constant(undefined);
  const some = fc.constantFrom(...types).chain((type) => bodyOfType(target, type));
  return fc.oneof(
    { weight: 12, arbitrary: some },
    {
      weight: 1,
      arbitrary: fc
        .tuple(some, fc.constantFrom(...oddContentTypes))
        .map(([{ bytes }, type]) => ({ type, bytes })),
    },
    { weight: 1, arbitrary: fc.constant(undefined) },
  );
}

function bodyOfType({ bodies, area }: RestTarget, type: string): fc.Arbitrary<Body> {
  if (type === "multipart/form-data") return form;
  const input = mutatedInput(bodies[type] ?? {}, resolve, area);
  if (type === "application/x-www-form-urlencoded") {
    return input.map((fields) => {
      const pairs = Object.entries(fields instanceof RawJson ? {} : (fields as object));
      return {
        type,
        bytes: Buffer.from(
          pairs.map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(textOf(value))}`).join("&"),
        ),
      };
    });
  }
  return fc.tuple(input, oddBody).map(([value, odd]) => ({ type, bytes: odd(toJsonText(value)) }));
}

/** Forms with a file: names, contents and ends of every kind. */
const form: fc.Arbitrary<Body> = fc
  .record({
    name: fc.oneof(fc.stringMatching(/^[a-z]{1,12}\.wav$/), fc.constantFrom(...hostileTexts)),
    field: fc.oneof(
      { weight: 6, arbitrary: fc.constant("file") },
      { weight: 1, arbitrary: fc.constantFrom("", "other", "__proto__") },
    ),
    content: fc.constantFrom(
      silentWav(),
      silentWav(),
      silentWav(8044),
      Buffer.alloc(0),
      Buffer.from("RIFF"),
      Buffer.alloc(3_000_000),
    ),
    end: fc.constantFrom(
      "--b--\r\n",
      "--b--\r\n",
      "--b--\r\n",
      "",
      "--b\r\n",
      "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b--\r\n",
    ),
  })
  .map(({ name, field, content, end }) => ({
    type: "multipart/form-data; boundary=b",
    bytes: Buffer.concat([
      Buffer.from(
        `--b\r\nContent-Disposition: form-data; name="${field}"; filename="${name.replaceAll(/["\r\n]/g, "_")}"\r\nContent-Type: audio/wav\r\n\r\n`,
      ),
      content,
      Buffer.from(`\r\n${end}`),
    ]),
  }));
