import { describe, expect, it } from "vitest";
import { correlationOf, currentCorrelation, runWithCorrelation } from "./correlation.ts";

describe("runWithCorrelation", () => {
  it("holds across an await and ends with the work", async () => {
    const seen = await runWithCorrelation({ requestId: "a" }, async () => {
      await Promise.resolve();
      return currentCorrelation();
    });
    expect(seen).toEqual({ requestId: "a" });
    expect(currentCorrelation()).toEqual({});
  });

  it("keeps concurrent work apart", async () => {
    const work = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return currentCorrelation().requestId;
    };
    const seen = await Promise.all(
      ["a", "b", "c"].map((requestId) => runWithCorrelation({ requestId }, work)),
    );
    expect(seen).toEqual(["a", "b", "c"]);
  });
});

describe("correlationOf", () => {
  it("is the request that something goes back to, or nothing where that is not known", () => {
    expect(correlationOf({ correlationId: "a" })).toEqual({ correlationId: "a" });
    expect(correlationOf({ correlationId: null })).toEqual({});
    expect(correlationOf(undefined)).toEqual({});
  });
});
