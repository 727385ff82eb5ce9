const headerBytes = 27;
const firstPage = 0x02;
const lastPage = 0x04;

/**
 * Walks through an Ogg file, page by page, from its first byte to its last. https://www.rfc-editor.org/rfc/rfc3533
 * @returns what keeps it from being played as a whole; undefined where nothing does
 */
export function findOggFault(content: Buffer): string | undefined {
  let at = 0;
  let flags = 0;
  while (at < content.length) {
    if (content.toString("latin1", at, at + 4) !== "OggS")
      return `Byte ${at} of the file is not part of an Ogg`;
    const length = pageLength(content, at);
    if (at + length > content.length) return "The file is cut off: its last page is not whole";
    flags = content[at + 5] ?? 0;
    if (at === 0 && (flags & firstPage) === 0) return "The file has no beginning";
    at += length;
  }
  return (flags & lastPage) === 0 ? "The file is cut off: its end is missing" : undefined;
}

/** The header, the table of the segments' lengths, and the segments. */
function pageLength(content: Buffer, at: number): number {
  const segments = content[at + headerBytes - 1] ?? 0;
  const table = content.subarray(at + headerBytes, at + headerBytes + segments);
  return headerBytes + segments + table.reduce((sum, length) => sum + length, 0);
}
