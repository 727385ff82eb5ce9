import { isWeakPassword } from "./password-strength.ts";

/** Whether a password is weak, in a thread. */
export function run({ password, email }: { password: string; email: string }): boolean {
  return isWeakPassword(password, email);
}
