// Says which answers of the API the tests have seen, and fails where one was not as documented, or a route never
// succeeded: npm run contract, after npm test.
import { readDocument } from "./support/document.ts";
import { readRecords } from "./support/record.ts";

const answers = readRecords();
if (answers.length === 0) {
  console.error("Nothing was recorded yet: run npm test first.");
  process.exit(1);
}
const statuses = new Map<string, Map<number, number>>();
for (const { operation, status } of answers) {
  if (operation === undefined) continue;
  const seen = statuses.get(operation) ?? new Map<number, number>();
  statuses.set(operation, seen.set(status, (seen.get(status) ?? 0) + 1));
}
const operations = Object.entries(readDocument().paths).flatMap(([path, item]) =>
  Object.keys(item)
    .filter((method) => ["get", "post", "put", "patch", "delete"].includes(method))
    .map((method) => `${method.toUpperCase()} ${path}`),
);
for (const operation of operations.toSorted()) {
  const seen = [...(statuses.get(operation) ?? [])].toSorted(([a], [b]) => a - b);
  console.log(`${operation.padEnd(56)} ${seen.map(([status, count]) => `${status} ×${count}`).join("  ")}`);
}
const violations = answers.flatMap((answer) => answer.violations ?? []);
const silent = operations.filter(
  (operation) => ![...(statuses.get(operation)?.keys() ?? [])].some((status) => status < 300),
);
console.log(
  `\n${answers.length} answers of ${statuses.size} of ${operations.length} routes, ${violations.length} not as documented.`,
);
for (const violation of violations) console.error(violation);
if (silent.length > 0) console.error(`Never seen to succeed: ${silent.join(", ")}`);
if (violations.length > 0 || silent.length > 0) process.exit(1);
