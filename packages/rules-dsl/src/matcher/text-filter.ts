/** A power of two. */
const bitCount = 4096;

/** With more texts than this, the filter would let most others pass too. */
const maximumTexts = 1000;

/**
 * Tells most texts that are not in a set by their length and last four characters, which is cheaper than hashing them
 * for a map: most events miss most of the index. (A Bloom filter with one hash.)
 */
export class TextFilter {
  readonly #bits = new Uint32Array(bitCount / 32);

  /** A filter for texts; undefined where it would not help. */
  static of(values: Iterable<unknown>): TextFilter | undefined {
    const texts = [...values].filter((value) => typeof value === "string");
    if (texts.length > maximumTexts) return undefined;
    const filter = new TextFilter();
    for (const text of texts) filter.#add(text);
    return filter;
  }

  /** False only for texts that are not in the set. */
  mayHave(text: string): boolean {
    const place = placeOf(text);
    return ((this.#bits[place >>> 5] ?? 0) & (1 << (place & 31))) !== 0;
  }

  #add(text: string): void {
    const place = placeOf(text);
    this.#bits[place >>> 5] = (this.#bits[place >>> 5] ?? 0) | (1 << (place & 31));
  }
}

function placeOf(text: string): number {
  let hash = text.length;
  for (let index = Math.max(0, text.length - 4); index < text.length; index += 1) {
    hash = Math.imul(hash, 31) + text.charCodeAt(index);
  }
  return hash & (bitCount - 1);
}
