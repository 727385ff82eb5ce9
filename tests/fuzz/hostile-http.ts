import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import * as fc from "fast-check";
import type { BodyEncoding } from "./fuzz-request.ts";

/** How bodies are packed, and what the header says of it. */
const encodings: Readonly<
  Record<BodyEncoding, { pack: (body: Buffer) => Buffer; header: string | undefined }>
> = {
  identity: { pack: (body) => body, header: undefined },
  gzip: { pack: (body) => gzipSync(body), header: "gzip" },
  br: { pack: (body) => brotliCompressSync(body), header: "br" },
  deflate: { pack: (body) => deflateSync(body), header: "deflate" },
  "broken gzip": { pack: (body) => gzipSync(body).subarray(0, -9), header: "gzip" },
  "gzip twice": { pack: (body) => gzipSync(gzipSync(body)), header: "gzip, gzip" },
  unknown: { pack: (body) => body, header: "zstd" },
};

/** Packs a body. @returns it, and the headers that say so */
export function encodeBody(
  body: Buffer,
  encoding: BodyEncoding,
): { body: Buffer; headers: (readonly [string, string])[] } {
  const { pack, header } = encodings[encoding];
  return { body: pack(body), headers: header === undefined ? [] : [["Content-Encoding", header]] };
}

export const bodyEncoding: fc.Arbitrary<BodyEncoding> = fc.oneof(
  { weight: 14, arbitrary: fc.constant<BodyEncoding>("identity") },
  { weight: 3, arbitrary: fc.constantFrom(...(Object.keys(encodings) as BodyEncoding[])) },
);

/** Headers that are wrong, odd or large. What may not stand in a header at all goes over raw sockets. */
const oddHeaders: readonly (readonly [name: string, value: string])[] = [
  ...["*/*", "text/html", "application/xml;q=0.1", ";", "a".repeat(3000), "\u00ff\u00fe"].map(
    (value) => ["Accept", value] as const,
  ),
  ...["100-continue", "200-ok", "rubbish", ""].map((value) => ["Expect", value] as const),
  ...["", "a b", "evil.example", "[::1", "127.0.0.1:99999", "a".repeat(300), "\u00e9"].map(
    (value) => ["Host", value] as const,
  ),
  ...[
    "rubbish",
    "::ffff:7f00:1",
    "[2001:db8::1]:443",
    "1.2.3.4:80",
    "300.1.1.1",
    "a".repeat(4000),
    ",,,",
    "\u00ff",
  ].map((value) => ["X-Forwarded-For", value] as const),
  ...[
    "",
    " ",
    '"k"',
    "k",
    "Z\u00fc",
    "a".repeat(255),
    "a".repeat(256),
    "a".repeat(5000),
    "k, k",
    "__proto__",
  ].map((value) => ["Idempotency-Key", value] as const),
  ...["", "x", "a".repeat(64), "a".repeat(65), "%0a", "\u00e9".repeat(20)].map(
    (value) => ["X-Request-Id", value] as const,
  ),
  ...["null", "https://evil.example", "\u00ff"].map((value) => ["Origin", value] as const),
  ...['"1.0"', "1.0", "0.3", "%", "2.0"].map((value) => ["ce-specversion", value] as const),
  ["ce-id", "%ff"],
  ["ce-time", "9999-12-31T23:59:59-12:00"],
  ["If-None-Match", "*"],
  ["If-Modified-Since", "Sat, 31 Dec 9999 23:59:59 GMT"],
  ["Range", "bytes=0-0,5-"],
  ["Upgrade-Insecure-Requests", "1"],
  ["X-HTTP-Method-Override", "DELETE"],
  ["X-Forwarded-Proto", "javascript"],
  ["X-Forwarded-Host", "evil.example"],
  ["User-Agent", "\u00ff".repeat(2000)],
  ["User-Agent", ""],
  ["Cookie", `a=${"b".repeat(4000)}`],
  ["Accept-Encoding", "br;q=1e400"],
  ["Access-Control-Request-Method", "\u00ff"],
  ["trpc-accept", "application/jsonl"],
  ["x-trpc-source", "\u00ff"],
];

export const headers = fc.oneof(
  { weight: 7, arbitrary: fc.constant<(readonly [string, string])[]>([]) },
  { weight: 3, arbitrary: fc.array(fc.constantFrom(...oddHeaders), { minLength: 1, maxLength: 3 }) },
);

/** What a stranger shows instead of credentials. */
export const strangeAuthorization = fc.constantFrom(
  ...[
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "Bearer null",
    "Bearer a.b.c",
    "Basic YTpi",
    "bearer tk_0_x",
    "Digest x",
  ],
  ...[
    `Bearer ${"a".repeat(5000)}`,
    "Bearer \u00e9",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "Bearer tk_000000000000_aaaa",
  ],
);

/** Types that a body is said to have and has not. */
export const oddContentTypes: readonly (string | undefined)[] = [
  ...[
    undefined,
    "",
    "text/plain",
    "application/xml",
    "application/json; charset=utf-16",
    "application/json; charset=latin1",
  ],
  ...[
    "application/json; charset=rubbish",
    "application/json;;",
    "APPLICATION/JSON",
    "application/problem+json",
    "*/*",
  ],
  ...["application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=", "a/b/c"],
  ...["application/cloudevents+json", "application/cloudevents-batch+json", "application/json, text/plain"],
];

export const method = (own: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 16, arbitrary: fc.constant(own) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "TRACE",
        "PROPFIND",
        "QUERY",
      ),
    },
  );

/** The same path, spelled in another way. */
export const spelling: fc.Arbitrary<(path: string) => string> = fc.oneof(
  { weight: 20, arbitrary: fc.constant((path: string) => path) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<((path: string) => string)[]>(
      (path) => `${path}/`,
      (path) => `/${path}`,
      (path) => path.toUpperCase(),
      (path) => path.replace("/", "/./"),
      (path) => path.replace("/api", "/x/../api"),
      (path) => path.replaceAll("e", "%65"),
      (path) => path.replace("/api", "/%2e%2e/api"),
      (path) => path.replaceAll("/", "%2F"),
      (path) => path.replaceAll("/", "\\"),
      (path) => `${path};a=b`,
      (path) => `${path}%00`,
      (path) => `${path}%ff`,
      (path) => `${path}%`,
      (path) => `${path}.json`,
      (path) => `${path}/${"a".repeat(2000)}`,
    ),
  },
);

/** Pieces of a query that are none, or say something twice. */
export const oddQuery = fc.oneof(
  { weight: 8, arbitrary: fc.constant("") },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        "%",
        "%ff=1",
        "=",
        "&&&",
        "limit=0x10",
        "limit=1e1",
        "limit=+5",
        "limit=%205",
        "limit=1.0",
        "limit=",
        "limit=-0",
      ],
      ...[
        "limit=5&limit=6",
        "page=1e9",
        "page=99999999999999999999",
        "cursor=%00",
        "cursor=eyJh",
        "cursor=%ff",
        "after=",
      ],
      ...[
        "after=0x10",
        "after=9007199254740993",
        "__proto__=1",
        "constructor=1",
        "a[b]=c",
        "limit[]=1",
        "from=10000-01-01T00:00:00Z",
      ],
      ...[
        "from=0001-01-01T00:00:00Z",
        "to=9999-12-31T23:59:59-12:00",
        "action=%C3%A9",
        "action=%ED%A0%80",
        "text=%25",
        "text=_",
      ],
      `text=${"a".repeat(5000)}`,
    ),
  },
);

/** A body that is no JSON, or hardly. */
export const oddBody: fc.Arbitrary<(text: string) => Buffer> = fc.oneof(
  { weight: 20, arbitrary: fc.constant((text: string) => Buffer.from(text)) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<((text: string) => Buffer)[]>(
      () => Buffer.from(""),
      () => Buffer.from("null"),
      () => Buffer.from("[]"),
      () => Buffer.from('"text"'),
      () => Buffer.from("{}"),
      () => Buffer.from("1e400"),
      (text) => Buffer.from(`\ufeff${text}`),
      (text) => Buffer.from(text.slice(0, -1)),
      (text) => Buffer.from(`${text},`),
      (text) => Buffer.from(`${text}${text}`),
      (text) => Buffer.from(text.replace("{", '{"__proto__":{},')),
      (text) => Buffer.from(text, "utf16le"),
      (text) => Buffer.from(text.replace("{", '{"\u00e9":1,'), "latin1"),
      (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0xfe, 0])]),
      () => Buffer.from("[".repeat(90_000)),
      () => Buffer.from('{"a":'.repeat(20_000)),
      (text) => Buffer.from(text.replace("{", `{${" ".repeat(102_000)}`)),
      () => Buffer.from(`{"a":"${"\\u0041".repeat(16_000)}"}`),
      () => Buffer.from(`[${"{},".repeat(30_000)}{}]`),
    ),
  },
);
