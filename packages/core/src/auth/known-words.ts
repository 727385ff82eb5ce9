/** What everybody tries first: the product, what it is about, who uses it, and what passwords are called. */
const commonWords = [
  ..."tocsin alert alarm notification transfer payment event rule bucket event oncall pager".split(" "),
  ..."admin administrator operator auditor manager rulemanager root user team company service".split(" "),
  ..."password passwort passphrase login secret welcome willkommen letmein changeme change default test".split(
    " ",
  ),
  ..."spring summer autumn fall winter frühling sommer herbst printemps été automne hiver".split(" "),
  ..."primavera verano otoño invierno".split(" "),
];

/** Languages whose months and days of the week are tried first. */
const calendarLanguages = ["en", "de", "fr", "es", "it", "nl", "pt"];

/** Shorter words stand in too many others to say anything. Characters. */
const shortestWord = 3;

/** What a character of a word is often replaced by; "1" stands for two of them. */
const stoodFor: readonly Record<string, string>[] = [
  { "0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", $: "s", "!": "i" },
  { "0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", $: "s", "|": "l" },
];

/** Months and days of the week, long and in the calendar's languages. */
function calendarWords(language: string): string[] {
  const word = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
  const months = Array.from({ length: 12 }, (_, month) =>
    word({ month: "long" }).format(Date.UTC(2026, month, 1)),
  );
  const days = Array.from({ length: 7 }, (_, day) =>
    word({ weekday: "long" }).format(Date.UTC(2026, 0, 1 + day)),
  );
  return [...months, ...days];
}

/** One spelling for what looks alike to a person: compatibility forms, case and accents are gone. */
function plainly(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

const everybodysWords = [...commonWords, ...calendarLanguages.flatMap(calendarWords)].map(plainly);

/** What is known of an account: its address, whole and in parts. */
function wordsOf(email: string): string[] {
  return [email, ...email.split(/[^\p{L}\p{N}]+/u)].map(plainly);
}

/**
 * What a password holds beside words that anybody would try for this account: the account's own, the product's, roles,
 * months, seasons, years, and the signs between them. Digits and signs that stand for letters are read as such.
 */
export function withoutKnownWords(password: string, email: string): string {
  const text = plainly(password).split("");
  const isKnown = text.map(() => false);
  const words = [...new Set([...wordsOf(email), ...everybodysWords])].filter(
    ({ length }) => length >= shortestWord,
  );
  for (const letters of [{}, ...stoodFor] as Record<string, string>[]) {
    const read = text.map((character) => letters[character] ?? character).join("");
    for (const word of words) markEach(word, read, isKnown);
  }
  const left = text.filter((_, index) => !isKnown[index]).join("");
  return left.replaceAll(/(?:19|20)\d\d|[^\p{L}\p{N}]/gu, "");
}

/** Marks the characters of each place where the word stands. */
function markEach(word: string, text: string, isKnown: boolean[]): void {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
    isKnown.fill(true, at, at + word.length);
  }
}
