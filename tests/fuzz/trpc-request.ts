import * as fc from "fast-check";
import type { FuzzRequest } from "./fuzz-request.ts";
import { bodyEncoding, headers, oddBody, oddContentTypes, strangeAuthorization } from "./hostile-http.ts";
import { hostileValue } from "./hostile-values.ts";
import { toJsonText } from "./json-text.ts";
import { mutatedInput } from "./mutate.ts";
import { resolve, type TrpcTarget } from "./targets.ts";
import { callerNames } from "./world.ts";

/** What superjson may be told about an input beside the input. */
const oddMeta = [
  { values: { id: ["undefined"] } },
  { values: { from: ["Date"], to: ["Date"] } },
  { values: { condition: ["regexp"] } },
  { values: { name: ["bigint"], limit: ["number"] } },
  { values: [["map"], { a: ["set"] }] },
  { values: { "__proto__.isAdmin": ["Date"] } },
  { values: { "constructor.prototype.x": ["undefined"] } },
  { values: { a: [["class", "Error"]], b: [["symbol", "x"]], c: [["custom", "y"]] } },
  { values: { id: ["Error"] }, referentialEqualities: { id: ["name", "__proto__.x"] } },
  { referentialEqualities: { "constructor.prototype": ["id"] } },
  { values: "x" },
  [],
  null,
];

/** An input as it goes over the wire: `{ json, meta }`, or what takes its place. */
function wireInput({ input, area }: TrpcTarget): fc.Arbitrary<unknown> {
  const value = input ? mutatedInput(input, resolve, area) : fc.oneof(fc.constant(undefined), hostileValue);
  return fc.oneof(
    { weight: 14, arbitrary: value.map((json) => ({ json })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(value, fc.constantFrom<unknown>(...oddMeta))
        .map(([json, meta]) => ({ json, meta })),
    },
    { weight: 1, arbitrary: value },
    { weight: 1, arbitrary: hostileValue },
  );
}

/** How a procedure is called. */
type Form = "single" | "batch" | "wrong method" | "odd path";

const form: fc.Arbitrary<Form> = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Form>("single") },
  { weight: 4, arbitrary: fc.constant<Form>("batch") },
  { weight: 1, arbitrary: fc.constantFrom<Form>("wrong method", "odd path") },
);

/** Calls of a procedure: by itself, in batches, and in ways that are none. */
export function trpcRequest(target: TrpcTarget): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      caller: fc.constantFrom(...callerNames),
      authorization: strangeAuthorization,
      input: wireInput(target),
      form,
      count: fc.constantFrom(0, 1, 2, 5, 20, 21, 200),
      oddPath: fc.constantFrom(
        ...["", "__proto__", "constructor.name", "toString", ".", "..", ",", ",,,", "a".repeat(3000)],
        ...[
          "%00",
          "%ff",
          "%",
          `${target.procedure}.x`,
          `x/${target.procedure}`,
          target.procedure.toUpperCase(),
          "rules.list/",
        ],
      ),
      odd: oddBody,
      type: fc.oneof(
        { weight: 12, arbitrary: fc.constant("application/json") },
        { weight: 1, arbitrary: fc.constantFrom(...oddContentTypes) },
      ),
      headers,
      encode: bodyEncoding,
    })
    .map(({ caller, authorization, input, form: how, count, oddPath, odd, type, headers: more, encode }) => {
      const isPost = target.isMutation !== (how === "wrong method");
      const isBatch = how === "batch";
      const calls = isBatch
        ? Array.from({ length: count }, () => target.procedure).join(",")
        : target.procedure;
      const path = `/trpc/${how === "odd path" ? oddPath : calls}`;
      const text = toJsonText(
        isBatch ? Object.fromEntries(Array.from({ length: count }, (_, n) => [n, input])) : input,
      );
      const query = [
        ...(isBatch ? ["batch=1"] : []),
        ...(isPost ? [] : [`input=${encodeURIComponent(text.toWellFormed())}`]),
      ];
      const url = query.length === 0 ? path : `${path}?${query.join("&")}`;
      return {
        caller,
        method: isPost ? "POST" : "GET",
        // What no server would take as a line is no find.
        path: url.length > 14_000 ? path : url,
        headers: [
          ...(caller === "stranger" && authorization !== undefined
            ? [["Authorization", authorization] as const]
            : []),
          ...(isPost && type !== undefined ? [["Content-Type", type] as const] : []),
          ...more,
        ],
        body: isPost ? odd(text) : undefined,
        encode: isPost ? encode : "identity",
      };
    });
}
