import * as fc from "fast-check";
import { RawJson } from "./json-text.ts";

/** Numbers that are read wrongly, rounded or overflow somewhere. */
const numbers = [
  ...["1e400", "-1e400", "1e-400", "-0", "0.0", "1.0", "1e1", "1e308", "2147483648", "-2147483649"],
  ...["4294967296", "9007199254740992", "9007199254740993", "-9007199254740993", "18446744073709551616"],
  ...["99999999999999999999999999999999", "0.1", "-1", "0", "1.7976931348623157e308", "5e-324"],
].map((text) => new RawJson(text));

/** Halves of surrogate pairs, as JSON escapes them. */
const halves = [String.raw`"\ud800"`, String.raw`"a\udfffb"`, String.raw`"\udc00\ud800"`].map(
  (text) => new RawJson(text),
);

/** Texts that are compared, cut, cased, stored or rendered wrongly somewhere. */
export const hostileTexts: readonly string[] = [
  ...[
    "",
    " ",
    "\t",
    "\n",
    "\u0000",
    "a\u0000b",
    "\u001b[31m",
    "\u007f",
    "\u0085",
    "\u200b",
    "\u202e",
    "\ufeff",
  ],
  ...[
    "Zo\u00eb",
    "Zoe\u0308",
    "\u{1d54a}",
    "\u0130",
    "\u00df",
    "\u0410dmin",
    "\uff41",
    "\u0e01\u0e33",
    "\u{1f469}\u200d\u{1f692}",
  ],
  ...[
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "null",
    "undefined",
    "true",
    "NaN",
  ],
  ...[
    "0x10",
    "1e1",
    "+5",
    "1.0",
    "-0",
    "0",
    "%",
    "%ff",
    "%00",
    "_",
    "\\",
    "'",
    '"',
    "' OR '1'='1",
    "`",
    ";--",
  ],
  ...[
    "../../etc/passwd",
    "..%2f..",
    "file.mp3/../x",
    "<script>alert(1)</script>",
    "=1+1",
    "javascript:alert(1)",
  ],
  ...[
    "https://",
    "https://x",
    "https://a@b.example/",
    "https://[::1]/",
    "http://x",
    "//x",
    `https://x/${"a".repeat(2000)}`,
  ],
  ...[
    "a".repeat(254),
    "a".repeat(256),
    "a".repeat(1001),
    "a".repeat(5001),
    "\u{1f600}".repeat(200),
    "a".repeat(70_000),
  ],
];

/** Times at and beyond the edges of calendars, databases and Date. */
export const hostileTimes: readonly string[] = [
  ...["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0099-12-31T23:59:59Z", "1969-12-31T23:59:59.999Z"],
  ...["1970-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00", "2016-12-31T23:59:60Z", "2026-02-29T00:00:00Z"],
  ...[
    "9999-12-31T23:59:59.999Z",
    "9999-12-31T23:59:59-12:00",
    "9999-12-31T23:59:59.9999999Z",
    "+010000-01-01T00:00:00Z",
  ],
  ...[
    "10000-01-01T00:00:00Z",
    "-000001-01-01T00:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01",
    "2026-01-01T24:00:00Z",
  ],
  ...[
    "2026-01-01T00:00:00+0000",
    "2026-01-01T00:00:00+99:99",
    "2026-01-01T00:00:00-00:00",
    "2026-01-01t00:00:00z",
  ],
  ...["2026-01-01 00:00:00Z", "2026-01-01T00:00Z", "20260101T000000Z", "2026-W01-1", "1767225600", "now"],
];

/** Conditions and templates that are dear, deep or broken. */
export const hostileLanguage: readonly string[] = [
  ...[
    "true",
    "false",
    "1",
    '"',
    "event",
    "event.",
    "event.__proto__.x == 1",
    "event.payload.constructor == null",
  ],
  ...[
    "event.amount > 1e400",
    "event.amount == 9007199254740993",
    "event.amount / 0 > 1",
    "event.amount % 0 == 0",
  ],
  ...['event.time > "9999-12-31T23:59:59-12:00"', "now() + 36525d > now()", "event.x == 2026-02-30"],
  `event.type matches "${"(a|b)".repeat(200)}"`,
  'event.type matches "a.{900}[yz]"',
  String.raw`event.type matches "(\\w+\\s?)*$"`,
  'event.type matches "["',
  `${"(".repeat(100)}true${")".repeat(100)}`,
  `${"!".repeat(2000)}true`,
  `${"(event.a == 1 || event.b == 2) && ".repeat(60)}true`,
  `event.type in [${Array.from({ length: 500 }, (_, index) => `"${index}"`).join(", ")}]`,
  ...[
    "{{",
    "{{ event.x }",
    "{{ event.__proto__ }}",
    '{{ event.x | default: "',
    "{{ event.type }}".repeat(50),
  ],
  ...["{{ event.payload }}", "https://{{event.host}}/x", "https://a.example{{event.path}}"],
];

function nested(depth: number, open: string, close: string): RawJson {
  return new RawJson(`${open.repeat(depth)}1${close.repeat(depth)}`);
}

/** Values of another type than was asked for, and objects whose names reach where they should not. */
const structures: readonly unknown[] = [
  ...[null, true, false, [], {}, [[]], [null], [{}], { a: 1 }],
  ...[31, 32, 33, 64, 65].flatMap((depth) => [nested(depth, "[", "]"), nested(depth, '{"a":', "}")]),
  nested(5000, "[", "]"),
  new RawJson('{"__proto__":{"isAdmin":true}}'),
  new RawJson('{"constructor":{"prototype":{"x":1}}}'),
  new RawJson('{"a":1,"a":2}'),
  new RawJson('{"":1,"\\u0000":2}'),
  { toString: 1, valueOf: 2, length: -1 },
  Array.from({ length: 600 }, () => 1),
];

/** Anything that a field may be given although it should not. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...numbers),
  fc.constantFrom<unknown>(...halves),
  fc.constantFrom<unknown>(...hostileTexts),
  fc.constantFrom<unknown>(...hostileTimes),
  fc.constantFrom<unknown>(...hostileLanguage),
  fc.constantFrom(...structures),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Names that no schema has, and some that every object has. */
export const hostileName: fc.Arbitrary<string> = fc.constantFrom(
  ...[
    "isAdmin",
    "id",
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "",
    " ",
    "\u0000",
    "a.b",
    "a/b",
    "a~b",
  ],
  ...["$where", "createdBy", "roles", "version", "length", "\u202e", "a".repeat(300), "0"],
);
