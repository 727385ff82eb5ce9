/** What a Markdown document claims to exist, with the line that says so. */
export interface Reference {
  line: number;
  text: string;
}

const FOLDERS = "apps|packages|prisma|tests|bench|docs|scripts|\\.github|\\.ci";
// A folder of ours, then more path; not the tail of a URL or of another path.
const PATH = new RegExp(String.raw`(?<![\w./@:-])(?:${FOLDERS})/[\w@./*{},-]*`, "g");
const SCRIPT = /\bnpm (?:run ([a-z][\w:-]*)|(start|stop|test)\b)/g;
const LINK = /\]\(([^)\s]+)\)/g;

/** The package scripts a document tells the reader to run, such as "db:migrate" or "start". */
export function extractScripts(markdown: string): Reference[] {
  return collect(markdown, SCRIPT, (match) => match[1] ?? match[2] ?? "");
}

/** The paths of the repository that a document names in code spans and code blocks. */
export function extractPaths(markdown: string): Reference[] {
  return collect(keepCode(markdown), PATH, (match) => match[0].replace(/[.,/]+$/, ""));
}

/** The targets of relative links, without their anchors. */
export function extractLinks(markdown: string): Reference[] {
  return collect(markdown, LINK, (match) => (match[1] ?? "").replace(/#.*$/, "")).filter(
    ({ text }) => text !== "" && !/^[a-z]+:/.test(text),
  );
}

function collect(markdown: string, pattern: RegExp, read: (match: RegExpExecArray) => string): Reference[] {
  return markdown
    .split("\n")
    .flatMap((text, index) =>
      [...text.matchAll(pattern)].map((match) => ({ line: index + 1, text: read(match) })),
    );
}

/** Blanks out the prose: there "docs/" may be half a sentence; in code it is a path. */
function keepCode(markdown: string): string {
  let inBlock = false;
  return markdown
    .split("\n")
    .map((line) => {
      if (/^\s*(```|~~~)/.test(line)) {
        inBlock = !inBlock;
        return "";
      }
      return inBlock ? line : [...line.matchAll(/`([^`]+)`/g)].map((span) => span[1]).join(" ");
    })
    .join("\n");
}
