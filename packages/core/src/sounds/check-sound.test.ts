import { maximumSoundBytes } from "@tocsin/contracts/api/sounds";
import { DomainError } from "@tocsin/contracts/errors";
import { describe, expect, it } from "vitest";
import { id3Tag, silentMp3, silentOgg, silentWav } from "../testing/sound-files.ts";
import { checkSound } from "./check-sound.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const html = Buffer.from("<!doctype html><script>alert(1)</script>");
const zip = Buffer.from("PK\u0005\u0006".padEnd(22, "\0"), "latin1");

async function faultOf(content: Buffer): Promise<string> {
  try {
    await checkSound(content);
    return "none";
  } catch (error) {
    if (error instanceof DomainError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

describe("a sound", () => {
  it.each([
    ["MP3", silentMp3(), "audio/mpeg", ".mp3"],
    ["MP3 behind a tag", Buffer.concat([id3Tag(Buffer.alloc(300)), silentMp3()]), "audio/mpeg", ".mp3"],
    [
      "MP3 before a tag",
      Buffer.concat([silentMp3(), Buffer.from("TAG".padEnd(128, "\0"))]),
      "audio/mpeg",
      ".mp3",
    ],
    ["Ogg", silentOgg(), "audio/ogg", ".ogg"],
    ["WAV", silentWav(), "audio/wav", ".wav"],
    ["WAV of an odd length", silentWav(145), "audio/wav", ".wav"],
  ])("is taken: %s", async (_what, content, contentType, extension) => {
    expect(await checkSound(content)).toEqual({ contentType, extension });
  });

  it("may have 2 MiB and not a byte more", async () => {
    expect(await faultOf(silentWav(maximumSoundBytes - 1))).toBe("none");
    expect(await faultOf(silentWav(maximumSoundBytes))).toBe("none");
    expect(await faultOf(silentWav(maximumSoundBytes + 1))).toContain("PAYLOAD_TOO_LARGE");
  });
});

describe("no sound", () => {
  it.each([
    ["text", Buffer.from("RIFF, but not quite")],
    ["HTML", html],
    ["a picture", png],
    ["an archive", zip],
    ["MPEG without a frame", Buffer.from([0xff, 0xfb, 0x54, 0xc0])],
    ["a single frame", silentMp3(1)],
    ["a tag with nothing behind it", id3Tag(Buffer.alloc(300))],
    ["a tag with a picture behind it", Buffer.concat([id3Tag(Buffer.alloc(300)), png])],
    ["Ogg that carries video", withText(silentOgg(), 28, "\u0080theora")],
    ["WAV without samples", silentWav(44)],
    ["RIFF of another kind", withText(silentWav(), 8, "WEBP")],
    ["WAV that does not say what its samples are", withText(silentWav(), 12, "JUNK")],
  ])("is %s", async (_what, content) => {
    expect(await faultOf(content)).toMatch(/^UNPLAYABLE_SOUND: /);
  });

  it.each([
    ["MP3", silentMp3()],
    ["Ogg", silentOgg()],
    ["WAV", silentWav()],
  ])("is a %s that is cut off, wherever", async (_what, content) => {
    for (let length = 1; length < content.length; length += 1) {
      const isWholeFrames = content.readUInt8(0) === 0xff && length % 192 === 0 && length > 192;
      const [fault = ""] = (await faultOf(content.subarray(0, length))).split(":");
      expect([length, fault]).toEqual([length, isWholeFrames ? "none" : "UNPLAYABLE_SOUND"]);
    }
  });

  it.each([
    ["MP3 and HTML", silentMp3(), html],
    ["MP3 and an archive", silentMp3(), zip],
    ["Ogg and HTML", silentOgg(), html],
    ["WAV and an archive", silentWav(), zip],
  ])("is a file that is two things at once: %s", async (_what, sound, other) => {
    expect(await faultOf(Buffer.concat([sound, other]))).toMatch(/^UNPLAYABLE_SOUND: Byte \d+ of the file/);
    expect(await faultOf(Buffer.concat([other, sound]))).toMatch(/^UNPLAYABLE_SOUND: /);
  });

  it("is an empty file", async () => {
    expect(await faultOf(Buffer.alloc(0))).toMatch(/^VALIDATION_FAILED: /);
  });
});

function withText(file: Buffer, at: number, text: string): Buffer {
  file.write(text, at, "latin1");
  return file;
}
