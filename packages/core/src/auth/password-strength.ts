import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { withoutKnownWords } from "./known-words.ts";
import { normalizePassword } from "./normalize-password.ts";

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** zxcvbn's score (0–4) from which a password is accepted: more than a million guesses. */
const lowestAcceptedScore = 2;

/** Fewer different characters than this are a pattern, however many there are. */
const fewestCharacters = 4;

/** The estimate's cost grows by the square of the length and more: it is given the beginning only. Characters. */
const estimatedCharacters = 64;

/** Known words are looked for in the beginning only. Characters. */
const judgedCharacters = 256;

/**
 * Whether a password is common, or made of what is known about the account or of words that anybody would try. Such
 * words are taken out: what is left has to be hard to guess by itself. Cheap questions come first; the dear one is
 * bounded: some tens of milliseconds.
 */
export function isWeakPassword(password: string, email: string): boolean {
  const begun = withoutRepetition(normalizePassword(password)).slice(0, judgedCharacters);
  const left = withoutKnownWords(begun, email.slice(0, judgedCharacters));
  if (new Set(left).size < fewestCharacters) return true;
  return estimator.check(left.slice(0, estimatedCharacters), []).score < lowestAcceptedScore;
}

/** A text that is another one over and over is worth no more than that one twice. */
function withoutRepetition(text: string): string {
  // The shortest part that a text repeats is where the text is found again in itself, doubled.
  const period = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, 2 * period);
}
