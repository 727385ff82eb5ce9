/** What a frame's header says, as far as its length goes. https://www.iso.org/standard/22412.html (ISO/IEC 11172-3) */
const bitratesOfVersion1 = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const bitratesOfVersion2 = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
const sampleRatesOfVersion1 = [44_100, 48_000, 32_000];

const headerBytes = 4;
const id3Version1Bytes = 128;
const apeHeaderBytes = 32;

/** Fewer would be no sound, but a few bytes that happen to look like one. */
const fewestFrames = 2;

/**
 * Walks through an MP3 file, frame by frame, from its first byte to its last.
 * @returns what keeps it from being played as a whole; undefined where nothing does
 */
export function findMpegFault(content: Buffer): string | undefined {
  let at = skipTags(content, 0);
  let frames = 0;
  for (;;) {
    const length = frameLength(content, at);
    if (length === undefined) break;
    if (at + length > content.length) return "The file is cut off: its last frame is not whole";
    at += length;
    frames += 1;
  }
  if (frames < fewestFrames) return "The file holds no MPEG Layer III frames";
  if (skipTags(content, at) < content.length) return `Byte ${at} of the file is not part of an MP3`;
  return undefined;
}

/** How many bytes the frame that begins here has, its header too; undefined where none begins. */
function frameLength(content: Buffer, at: number): number | undefined {
  if (at + headerBytes > content.length) return undefined;
  const header = content.readUInt32BE(at);
  const isSync = header >>> 21 === 0x7ff;
  const version = (header >>> 19) & 0b11;
  const isLayer3 = ((header >>> 17) & 0b11) === 0b01;
  if (!isSync || !isLayer3 || version === 0b01) return undefined;
  const isVersion1 = version === 0b11;
  // Zero stands for a bit rate that only a decoder finds out, 15 for none.
  const bitrate = (isVersion1 ? bitratesOfVersion1 : bitratesOfVersion2)[((header >>> 12) & 0b1111) - 1];
  const rate = sampleRatesOfVersion1[(header >>> 10) & 0b11];
  if (bitrate === undefined || rate === undefined) return undefined;
  // Version 2 halves the rates of version 1, version 2.5 halves them again.
  const sampleRate = rate / ({ 0b11: 1, 0b10: 2, 0b00: 4 }[version] ?? 1);
  const padding = (header >>> 9) & 1;
  return Math.floor(((isVersion1 ? 144 : 72) * bitrate * 1_000) / sampleRate) + padding;
}

/** Behind what may stand before and after the frames: ID3 of both versions, APE, zero bytes. */
function skipTags(content: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const length = tagLength(content, at);
    if (length === 0) return at;
    at += length;
  }
}

function tagLength(content: Buffer, at: number): number {
  if (at >= content.length) return 0;
  if (content[at] === 0) return 1;
  if (startsWith(content, at, "ID3") && at + 10 <= content.length) {
    // Four bytes of seven bits each; a footer is as long as the header. https://id3.org/id3v2.4.0-structure
    const size = [6, 7, 8, 9].reduce((sum, place) => sum * 128 + ((content[at + place] ?? 0) & 0x7f), 0);
    const hasFooter = ((content[at + 5] ?? 0) & 0x10) !== 0;
    return 10 + size + (hasFooter ? 10 : 0);
  }
  if (startsWith(content, at, "TAG") && at + id3Version1Bytes === content.length) return id3Version1Bytes;
  if (startsWith(content, at, "APETAGEX") && at + apeHeaderBytes <= content.length) {
    return apeHeaderBytes + content.readUInt32LE(at + 12);
  }
  return 0;
}

function startsWith(content: Buffer, at: number, text: string): boolean {
  return content.toString("latin1", at, at + text.length) === text;
}
