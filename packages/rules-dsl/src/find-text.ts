/** Below this many comparisons in the worst case the engine's own search is quicker than to prepare another. */
const fewComparisons = 100_000;

/**
 * Whether a text holds another one, in time linear to their lengths (Knuth, Morris, Pratt). The engine's own search is
 * faster for nearly all texts, but multiplies the lengths for some.
 */
export function holdsText(text: string, wanted: string): boolean {
  if (text.length < wanted.length) return false;
  if (text.length * wanted.length <= fewComparisons) return text.includes(wanted);
  const borders = bordersOf(wanted);
  let matched = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    while (matched > 0 && wanted.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
    if (wanted.charCodeAt(matched) === unit) matched += 1;
    if (matched === wanted.length) return true;
  }
  return wanted.length === 0;
}

/** For each beginning of a text the length of the longest shorter one that it ends with. */
export function bordersOf(text: string): Uint32Array {
  const borders = new Uint32Array(text.length);
  let length = 0;
  for (let index = 1; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    while (length > 0 && text.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
    if (text.charCodeAt(length) === unit) length += 1;
    borders[index] = length;
  }
  return borders;
}
