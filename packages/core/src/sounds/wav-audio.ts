const headerBytes = 12;
const chunkHeaderBytes = 8;

/**
 * Walks through a WAV file, chunk by chunk, from its first byte to its last.
 * https://learn.microsoft.com/en-us/windows/win32/xaudio2/resource-interchange-file-format--riff-
 * @returns what keeps it from being played as a whole; undefined where nothing does
 */
export function findWavFault(content: Buffer): string | undefined {
  const end = chunkHeaderBytes + content.readUInt32LE(4);
  if (end > content.length) return "The file is cut off: it is shorter than it says";
  const chunks = new Map<string, number>();
  let at = headerBytes;
  while (at + chunkHeaderBytes <= end) {
    const name = content.toString("latin1", at, at + 4);
    const size = content.readUInt32LE(at + 4);
    if (at + chunkHeaderBytes + size > end) return `The file is cut off: its ${name.trim()} is not whole`;
    chunks.set(name, size);
    // Chunks begin at even bytes.
    at += chunkHeaderBytes + size + (size % 2);
  }
  if (!chunks.has("fmt ")) return "The file does not say what its samples are";
  if ((chunks.get("data") ?? 0) === 0) return "The file holds no samples";
  return Math.max(at, end) < content.length ? `Byte ${end} of the file is not part of a WAV` : undefined;
}
