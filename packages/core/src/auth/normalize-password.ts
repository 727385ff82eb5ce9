/**
 * A password in the one form that is judged and hashed, however the keyboard composed it: NFKC, as RFC 8265 (4.2) and NIST
 * SP 800-63B (5.1.1.2) advise.
 */
export function normalizePassword(password: string): string {
  return password.normalize("NFKC");
}
