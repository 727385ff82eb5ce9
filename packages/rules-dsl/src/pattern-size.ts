/** What a class of Unicode characters such as `\p{L}` counts: it is a table of hundreds of ranges. */
const unicodeClass = 100;

/** Larger sizes are all alike. */
const largest = 1_000_000;

/**
 * About how many instructions a pattern compiles to, told from its text without compiling it, at a cost linear to its
 * length: counted repetitions count as many times, also within each other. It is never far too low; what is no valid
 * pattern has some size too.
 */
export function estimatePatternSize(pattern: string): number {
  const groups: number[] = [];
  let sum = 0;
  let atom = 0;
  for (let index = 0; index < pattern.length;) {
    const { kind, end, size } = readPart(pattern, index);
    if (kind === "repeat") {
      sum += atom * (size - 1) + 1;
      atom = Math.min(atom * size + 1, largest);
    } else if (kind === "open") {
      groups.push(sum);
      sum = 0;
      atom = 0;
    } else if (kind === "close") {
      atom = sum + 2;
      sum = (groups.pop() ?? 0) + atom;
    } else {
      atom = size;
      sum += size;
    }
    sum = Math.min(sum, largest);
    index = end;
  }
  return Math.min(groups.reduce((total, group) => total + group, sum) + 2, largest);
}

interface Part {
  kind: "atom" | "repeat" | "open" | "close";
  /** Where the next part begins. */
  end: number;
  /** Of an atom its instructions, of a repetition how many copies it makes. */
  size: number;
}

const counted = /\{(\d{1,4})(,(\d{0,4}))?\}/y;

function readPart(pattern: string, index: number): Part {
  const character = pattern[index] ?? "";
  const end = index + 1;
  switch (character) {
    case "(":
      return { kind: "open", end, size: 0 };
    case ")":
      return { kind: "close", end, size: 0 };
    case "*":
    case "+":
    case "?":
      return { kind: "repeat", end, size: 1 };
    case "{":
      return readRepetition(pattern, index);
    case "[":
      return readClass(pattern, index);
    case "\\":
      return readEscape(pattern, index);
    default:
      return { kind: "atom", end, size: 1 };
  }
}

function readRepetition(pattern: string, index: number): Part {
  counted.lastIndex = index;
  const parts = counted.exec(pattern);
  if (!parts) return { kind: "atom", end: index + 1, size: 1 };
  const [text, least = "", range, most = ""] = parts;
  const isOpen = range !== undefined && most === "";
  const copies = isOpen ? Number(least) + 1 : Number(range === undefined ? least : most);
  return { kind: "repeat", end: index + text.length, size: Math.max(copies, 1) };
}

/** A class in brackets is one instruction, whatever stands in it, but for Unicode classes. */
function readClass(pattern: string, index: number): Part {
  let size = 1;
  let end = index + 1;
  if (pattern[end] === "^") end += 1;
  if (pattern[end] === "]") end += 1;
  while (end < pattern.length && pattern[end] !== "]") {
    if (pattern.startsWith("[:", end)) {
      const close = pattern.indexOf(":]", end);
      end = close === -1 ? end + 1 : close + 2;
    } else if (pattern[end] === "\\") {
      const escape = readEscape(pattern, end);
      if (escape.size > 1) size += escape.size;
      end = escape.end;
    } else {
      end += 1;
    }
  }
  return { kind: "atom", end: end + 1, size };
}

function readEscape(pattern: string, index: number): Part {
  const letter = pattern[index + 1] ?? "";
  if (letter === "Q") {
    const close = pattern.indexOf("\\E", index + 2);
    const end = close === -1 ? pattern.length : close + 2;
    return { kind: "atom", end, size: end - index };
  }
  if (letter !== "p" && letter !== "P") return { kind: "atom", end: index + 2, size: 1 };
  const close = pattern[index + 2] === "{" ? pattern.indexOf("}", index) : index + 2;
  return { kind: "atom", end: close === -1 ? pattern.length : close + 1, size: unicodeClass };
}
