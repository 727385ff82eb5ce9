/** The smallest files of each format that a player plays, and a way to make them larger. */

const wavHeaderBytes = 44;

/** A WAV file of silence with this many bytes, 44 of them its header. */
export function silentWav(bytes = 144): Buffer<ArrayBuffer> {
  const file = Buffer.alloc(bytes);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(bytes - 8, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  // PCM, one channel, 8,000 samples a second of one byte each.
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(8_000, 24);
  file.writeUInt32LE(8_000, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(bytes - wavHeaderBytes, 40);
  return file.fill(0x80, wavHeaderBytes);
}

/** An MP3 file of so many silent frames (MPEG 1 Layer III, 64 kbit/s, 48 kHz, mono), without tags. */
export function silentMp3(frames = 8): Buffer<ArrayBuffer> {
  const frame = Buffer.alloc((144 * 64_000) / 48_000);
  frame.writeUInt32BE(0xff_fb_54_c0);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}

/** An Ogg file of so many pages: an Opus header, then pages with one packet of silence each. */
export function silentOgg(pages = 3): Buffer<ArrayBuffer> {
  const opusHead = Buffer.from(
    "OpusHead\u0001\u0001\u0000\u0000\u0080\u00bb\u0000\u0000\u0000\u0000\u0000",
    "latin1",
  );
  const silence = Buffer.from([0xf8, 0xff, 0xfe]);
  return Buffer.concat(
    Array.from({ length: pages }, (_, index) => {
      const isLast = index === pages - 1;
      return oggPage({
        index,
        flags: (index === 0 ? 2 : 0) + (isLast ? 4 : 0),
        packet: index ? silence : opusHead,
      });
    }),
  );
}

function oggPage({ index, flags, packet }: { index: number; flags: number; packet: Buffer }): Buffer {
  const header = Buffer.alloc(28);
  header.write("OggS", 0, "latin1");
  header.writeUInt8(flags, 5);
  header.writeUInt32LE(1, 14);
  header.writeUInt32LE(index, 18);
  header.writeUInt8(1, 26);
  header.writeUInt8(packet.length, 27);
  return Buffer.concat([header, packet]);
}

/** An ID3v2 tag that holds this. */
export function id3Tag(content: Buffer): Buffer<ArrayBuffer> {
  const header = Buffer.from("ID3\u0004\u0000\u0000\u0000\u0000\u0000\u0000", "latin1");
  for (const [place, shift] of [21, 14, 7, 0].entries()) {
    header.writeUInt8((content.length >>> shift) & 0x7f, 6 + place);
  }
  return Buffer.concat([header, content]);
}
