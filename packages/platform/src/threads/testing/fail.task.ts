/** Fails with a message. */
export function run(message: string): never {
  throw new Error(message);
}
