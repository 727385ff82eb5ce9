import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { DomainError } from "@tocsin/contracts/errors";

const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

/** zxcvbn's score (0–4) from which a password is accepted: more than a million guesses. */
const lowestAcceptedScore = 2;

/**
 * Refuses passwords that are common, or made of what is known about the account.
 * @throws DomainError WEAK_PASSWORD
 */
export function checkPasswordStrength(
  password: string,
  knownWords: readonly string[],
  pointer = "/password",
): void {
  const { score } = estimator.check(password, [...knownWords]);
  if (score >= lowestAcceptedScore) return;
  const message = "This password is common or easily guessed; use several unrelated words";
  throw new DomainError("WEAK_PASSWORD", { detail: message, errors: [{ pointer, message }] });
}
