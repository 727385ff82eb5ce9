import { DomainError, type ErrorCode, errorCatalogue } from "@tocsin/contracts/errors";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { toDomainError, toTrpcError } from "./to-domain-error.ts";

/** Headers that are too large are refused before it is known what is called; tRPC has no word for it. */
const codes = (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => code !== "HEADERS_TOO_LARGE");

describe("toTrpcError", () => {
  it.each(codes)("gives %s the same status over tRPC as over REST", (code) => {
    expect(getHTTPStatusCodeFromError(toTrpcError(new DomainError(code)))).toBe(errorCatalogue[code].status);
  });
});

describe("toDomainError", () => {
  it("knows a domain error, also inside tRPC's", () => {
    const error = new DomainError("RULE_NOT_FOUND");
    expect(toDomainError(error)).toBe(error);
    expect(toDomainError(toTrpcError(error))).toBe(error);
  });

  it("names every field that does not fit, the unknown ones too", () => {
    const { error } = z
      .strictObject({ a: z.object({ "b/c": z.number() }), d: z.string() })
      .safeParse({ a: { "b/c": "1" }, d: 1, e: 2, f: 3 });
    const told = toDomainError(new TRPCError({ code: "BAD_REQUEST", cause: error }));
    expect(told?.code).toBe("VALIDATION_FAILED");
    expect(told?.errors.map(({ pointer }) => pointer)).toEqual(["/a/b~1c", "/d", "/e", "/f"]);
  });

  it("does not blame the caller for an answer that breaks its contract", () => {
    const { error } = z.string().safeParse(1);
    expect(toDomainError(new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: error }))).toBeNull();
  });

  it("takes a database that is away for UNAVAILABLE, and says when to come back", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:3306"), { code: "ECONNREFUSED" });
    for (const error of [refused, new TRPCError({ code: "INTERNAL_SERVER_ERROR", cause: refused })]) {
      expect(toDomainError(error)).toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 5 });
      expect(toDomainError(error)?.message).not.toContain("10.0.0.1");
    }
  });

  it.each([new Error("boom"), new TypeError("x is undefined"), "text", undefined, null, { status: 400 }])(
    "has nothing to tell of %s",
    (error) => {
      expect(toDomainError(error)).toBeNull();
    },
  );
});
