/** Names of the IANA database that are one word. ICU knows others too: its `BST` is Dhaka, its `AST` Anchorage. */
const oneWord: ReadonlySet<string> = new Set(
  (
    "CET CST6CDT Cuba EET EST EST5EDT Egypt Eire GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Iran " +
    "Israel Jamaica Japan Kwajalein Libya MET MST MST7MDT NZ NZ-CHAT Navajo PRC PST8PDT Poland Portugal ROC ROK " +
    "Singapore Turkey UCT UTC Universal W-SU WET Zulu"
  ).split(" "),
);

/** An area and a place in it; ICU's own `SystemV/…` is none. */
const areaAndPlace = /^(?!SystemV\/)[A-Z][A-Za-z]+(?:\/[A-Za-z][A-Za-z0-9_+-]*){1,2}$/;

/**
 * Whether a time zone of the IANA database has this name, as it is spelled there. Offsets and abbreviations are none.
 * https://data.iana.org/time-zones/tzdb/
 */
export function isTimeZone(name: string): boolean {
  if (!oneWord.has(name) && !areaAndPlace.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
