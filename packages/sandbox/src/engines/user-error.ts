/** A problem whose message is meant for the person at the terminal and needs no stack trace. */
export class UserError extends Error {
  override readonly name = "UserError";
}
