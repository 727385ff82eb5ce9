import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** zxcvbn's score (0–4) from which a password is accepted: more than a million guesses. */
const lowestAcceptedScore = 2;

/** Fewer different characters than this are a pattern, however many there are. */
const fewestCharacters = 4;

/** The estimate's cost grows by the square of the length and more: it is given the beginning only. Characters. */
const estimatedCharacters = 64;

/** What is known of an account: its address, whole and in parts. */
function knownWordsOf(email: string): string[] {
  return [email, ...email.split(/[@.+_-]/)];
}

/**
 * Whether a password is common, or made of what is known about the account. Cheap questions come first; the dear one is
 * bounded: some tens of milliseconds.
 */
export function isWeakPassword(password: string, email: string): boolean {
  if (new Set(password).size < fewestCharacters) return true;
  const judged = withoutRepetition(password).slice(0, estimatedCharacters);
  const words = knownWordsOf(email).map((word) => word.slice(0, estimatedCharacters));
  return estimator.check(judged, words).score < lowestAcceptedScore;
}

/** A text that is another one over and over is worth no more than that one twice. */
function withoutRepetition(text: string): string {
  // The shortest part that a text repeats is where the text is found again in itself, doubled.
  const period = `${text}${text}`.indexOf(text, 1);
  return text.slice(0, 2 * period);
}
