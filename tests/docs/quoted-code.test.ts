import { describe, expect, it } from "vitest";
import { readText, repositoryFiles } from "./repository.ts";

/** A block of code that a document takes from a file, which stands behind the language: ```ts path/of/file.ts */
interface Quotation {
  document: string;
  file: string;
  code: string;
}

const quotations = repositoryFiles()
  .filter((path) => path.endsWith(".md"))
  .flatMap(quotationsIn);

function quotationsIn(document: string): Quotation[] {
  const blocks = readText(document).matchAll(/^```ts ([\w./-]+)\n([\s\S]*?)^```/gm);
  return [...blocks].map(([, file = "", code = ""]) => ({ document, file, code }));
}

/** Without what a formatter may choose. */
const condensed = (code: string) => code.replaceAll(/\s+/g, "").replaceAll(/,(?=[)}\]])/g, "");

/** The first part that does not stand in a text behind those before it; `// …` stands for what is left out. */
function missingPart(code: string, text: string): string | undefined {
  let rest = condensed(text);
  return code.split("// …").find((part) => {
    const start = rest.indexOf(condensed(part));
    rest = rest.slice(start + condensed(part).length);
    return start < 0;
  });
}

describe("code that the documentation quotes", () => {
  it("is there", () => expect(quotations.length).toBeGreaterThan(0));

  it.each(quotations)("stands in $file as $document says", ({ file, code }) => {
    expect(missingPart(code, readText(file))).toBeUndefined();
  });

  it("is missed where it is not, or not in this order", () => {
    expect(missingPart("a(1);\n// …\nb(2);", "a(\n  1,\n); x(); b(2);")).toBeUndefined();
    expect(missingPart("b(2);\n// …\na(1);", "a(1); b(2);")).toContain("a(1);");
    expect(missingPart("a(2);", "a(1);")).toBe("a(2);");
  });
});
