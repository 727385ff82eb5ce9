import { describe, expect, it } from "vitest";
import { cleanLine, cleanText, isBlank } from "./clean-text.ts";

describe("a text that people are shown", () => {
  it.each([
    ["a\0b\u0007c\u001b[31md\u007fe\u0085f", "abc[31mdef"],
    ["pay \u202eevil\u202c now\u2066x\u2069", "pay evil nowx"],
    ["half \ud800 of a pair", "half \ufffd of a pair"],
    ["one\ntwo\tthree", "one\ntwo\tthree"],
    ["👩‍👩‍👧 שלום\u200f مرحبا", "👩‍👩‍👧 שלום\u200f مرحبا"],
  ])("is %j without what displays obey", (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it("stands in one line where there is one line for it", () => {
    expect(cleanLine(" one\r\n\ttwo\u2028three ")).toBe("one two three");
  });

  it.each(["", " \n\t", "\u200b\u200d", "\u3164", "\0\u0007", "\u202e\u202c", "\u00a0\u2003"])(
    "is blank where it is %j",
    (text) => expect(isBlank(text)).toBe(true),
  );

  it.each(["a", "0", ".", "👩‍👩‍👧", " x "])("is not blank where it is %j", (text) =>
    expect(isBlank(text)).toBe(false),
  );
});
