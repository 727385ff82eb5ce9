/**
 * The engines that `npm test` started.
 *
 * @throws Error when the tests run without it.
 */
export function testEngineUrl(variable: "TOCSIN_TEST_MYSQL" | "TOCSIN_TEST_REDIS"): string {
  const url = process.env[variable];
  if (url === undefined || url === "") {
    throw new Error(`${variable} is not set: this test needs the engines; run npm test -- <filter>`);
  }
  return url;
}
