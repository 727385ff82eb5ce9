import { describe, expect, it } from "vitest";
import { cleanFileName, maximumNameLength } from "./clean-file-name.ts";

describe("the name of a sound", () => {
  it.each([
    ["vault door.mp3", "vault door.mp3"],
    ["Feuerwehr_Zürich (2).mp3", "Feuerwehr_Zürich (2).mp3"],
    ["警報.mp3", "警報.mp3"],
    ["no-extension", "no-extension.mp3"],
    ["of another kind.WAV", "of another kind.mp3"],
    ["program.exe", "program.exe.mp3"],
    ["../../etc/passwd", "passwd.mp3"],
    ["..\\..\\windows\\alarm.mp3", "alarm.mp3"],
    ["..%2f..%2Fetc%2fpasswd.mp3", "passwd.mp3"],
    ["..%5c..%5Calarm.mp3", "alarm.mp3"],
    ["a\u0000b.mp3", "ab.mp3"],
    ["a%00b.mp3", "ab.mp3"],
    ['a.mp3"\r\nSet-Cookie: a=b', "a.mp3Set-Cookie ab.mp3"],
    ["a%0d%0aSet-Cookie.mp3", "aSet-Cookie.mp3"],
    ["alarm\u202e3pm.exe", "alarm3pm.exe.mp3"],
    ["a\u200b\ufeff.mp3", "a.mp3"],
    ["\ud800a.mp3", "a.mp3"],
    ["e\u0301.mp3", "é.mp3"],
    [".hidden.mp3", "hidden.mp3"],
    ["-rf.mp3", "rf.mp3"],
    ["<img src=x>.mp3", "img srcx.mp3"],
    ["a  b .mp3", "a b.mp3"],
    ["=cmd|' /C calc'!A0.mp3", "C calcA0.mp3"],
  ])("%j becomes %j", (given, name) => {
    expect(cleanFileName(given, ".mp3")).toBe(name);
  });

  it.each(["", ".mp3", "../..", "/", "%2f", "\u0000", "...", "\u200b", "🔔.mp3"])("%j is none", (given) => {
    expect(() => cleanFileName(given, ".mp3")).toThrow("The file needs a name");
  });

  it("has 100 characters at most, its extension among them", () => {
    const [below, at, above] = [95, 96, 97].map((length) => cleanFileName("ä".repeat(length), ".mp3"));
    expect([below, at].map((name) => name?.length)).toEqual([99, maximumNameLength]);
    expect(above).toBe(at);
  });

  it("is clean already the second time", () => {
    for (const given of ["a  b .mp3", ".hidden..wav", "x".repeat(300)]) {
      const once = cleanFileName(given, ".wav");
      expect(cleanFileName(once, ".wav")).toBe(once);
    }
  });
});
