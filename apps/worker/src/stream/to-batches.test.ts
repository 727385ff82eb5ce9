import { describe, expect, it } from "vitest";
import { toBatches } from "./to-batches.ts";

const id = "0198c0de-0000-7000-8000-000000000000";
const entry = (value: unknown) => ({ streamId: "1-0", fields: ["event", JSON.stringify(value)] });
const stored = (size?: number) => entry({ id, correlationId: null, size });
const lengths = (entries: ReturnType<typeof entry>[]) => [...toBatches(entries)].map(({ length }) => length);

describe("toBatches", () => {
  it("leaves together what fits, to the byte", () => {
    expect(lengths([stored(1_000_000), stored(3_000_000)])).toEqual([2]);
    expect(lengths([stored(1_000_000), stored(3_000_001)])).toEqual([1, 1]);
    expect(lengths(Array.from({ length: 500 }, () => stored(800)))).toEqual([500]);
  });

  it("counts an event whose size is not told as the largest there may be", () => {
    expect(lengths(Array.from({ length: 15 }, () => stored()))).toEqual([7, 7, 1]);
  });

  it("counts what other back ends sent by what they sent", () => {
    const direct = entry({ type: "a.b", source: "s", payload: { text: "x".repeat(1_500_000) } });
    const unreadable = { streamId: "1-1", fields: ["event", "x".repeat(1_500_000)] };
    expect(lengths([direct, unreadable, direct])).toEqual([2, 1]);
  });

  it("lets an event that is larger than a batch pass alone", () => {
    expect(lengths([stored(1), stored(9_000_000), stored(1)])).toEqual([1, 1, 1]);
  });

  it("makes no batch of nothing, and keeps the order", () => {
    expect(lengths([])).toEqual([]);
    const entries = Array.from({ length: 20 }, (_, index) => ({ ...stored(), streamId: `1-${index}` }));
    expect([...toBatches(entries)].flat().map(({ streamId }) => streamId)).toEqual(
      entries.map(({ streamId }) => streamId),
    );
  });
});
