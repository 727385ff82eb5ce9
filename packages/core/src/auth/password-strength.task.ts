import { isWeakPassword } from "./password-strength.ts";

/** Whether a password is weak, in a thread. */
export function run({ password, knownWords }: { password: string; knownWords: readonly string[] }): boolean {
  return isWeakPassword(password, knownWords);
}
