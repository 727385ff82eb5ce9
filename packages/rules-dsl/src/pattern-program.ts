import { RE2JS } from "re2js";

/** An instruction as RE2 compiles it: http://swtch.com/~rsc/regexp/regexp2.html. */
interface Instruction {
  op: number;
  /** Where it goes on. */
  out: number;
  /** Of a fork the other way; of a condition on the place its flags. */
  arg: number;
  matchRune(rune: number): boolean;
}

interface CompiledPattern {
  inst: readonly Instruction[];
  start: number;
}

/** RE2's numbers for its instructions. */
const operations = {
  fork: 1,
  forkBeforeMatch: 2,
  capture: 3,
  place: 4,
  match: 6,
  nothing: 7,
  oneOf: 8,
  one: 9,
  any: 10,
  anyButNewline: 11,
} as const;

/** RE2's flags of a place in a text. */
const places = {
  lineStart: 1,
  lineEnd: 2,
  textStart: 4,
  textEnd: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
} as const;

const asciiCount = 128;

/** So many characters that no match can begin with are passed over in one step. */
const skippedInAStep = 8;

/**
 * A pattern, compiled by RE2 and run by counting: each state that is entered or held against a character is a step. So
 * a search ends after so many steps whatever the pattern and the text are, and always after the same number.
 * (Thompson's simulation without captures: only whether there is a match is asked.)
 */
export class PatternProgram {
  readonly #instructions: readonly Instruction[];
  readonly #start: number;
  /** The ASCII characters that each instruction takes: four words of 32 bits for each. */
  readonly #ascii: Uint32Array;
  /** Those that a match can begin with; others too unless `isOtherFirst` is false. */
  readonly #first = new Uint32Array(4);
  #isOtherFirst = false;
  /** True: a match may take no character, so every place of the text has to be tried. */
  #mayBeEmpty = false;
  readonly #isAnchored: boolean;
  readonly #usesPlaces: boolean;
  /** In which round an instruction was entered last. */
  readonly #entered: Int32Array;
  #round = 0;
  /** How many steps the search at hand may still take. */
  #left = 0;
  #current: Int32Array;
  #next: Int32Array;
  readonly #stack: Int32Array;

  /** @throws what RE2JS throws for a pattern that it does not accept */
  constructor(pattern: string) {
    const { inst, start } = RE2JS.compile(pattern).re2().prog as CompiledPattern;
    this.#instructions = inst;
    this.#start = start;
    this.#ascii = asciiOf(inst);
    this.#entered = new Int32Array(inst.length).fill(-1);
    this.#current = new Int32Array(inst.length);
    this.#next = new Int32Array(inst.length);
    this.#stack = new Int32Array(inst.length + 2);
    this.#usesPlaces = inst.some(({ op }) => op === operations.place);
    this.#isAnchored = this.#findAnchor();
    this.#findFirst();
  }

  /** How many instructions it has. */
  get size(): number {
    return this.#instructions.length;
  }

  /**
   * Whether the pattern is found anywhere in a text.
   * @param steps how many steps the search may take
   * @returns undefined where they do not suffice
   */
  search(text: string, steps: number): boolean | undefined {
    this.#left = steps;
    let count = 0;
    let index = 0;
    for (;;) {
      if (count === 0 && !this.#mayBeEmpty) {
        if (this.#isAnchored && index > 0) return false;
        if (!this.#isAnchored) index = this.#nextFirst(text, index);
      }
      this.#beginRound(count);
      if (this.#canBegin(text, index)) {
        count = this.#enter(this.#current, count, this.#start, this.#placeAt(text, index));
        if (count === -1) return true;
      }
      if (index >= text.length) return false;
      const rune = text.codePointAt(index) ?? 0;
      index += rune > 0xffff ? 2 : 1;
      this.#left -= 1 + count;
      count = this.#advance(rune, count, this.#placeAt(text, index));
      if (count === -1) return true;
      if (this.#left < 0) return undefined;
    }
  }

  /** Marks the states that were carried over, so that the beginning does not enter them again. */
  #beginRound(count: number): void {
    this.#round += 1;
    for (let place = 0; place < count; place += 1) this.#entered[this.#current[place] ?? 0] = this.#round;
  }

  #canBegin(text: string, index: number): boolean {
    if (this.#isAnchored && index > 0) return false;
    if (this.#mayBeEmpty) return true;
    return index < text.length && this.#isFirst(text.charCodeAt(index));
  }

  #isFirst(unit: number): boolean {
    if (unit >= asciiCount) return this.#isOtherFirst;
    return ((this.#first[unit >>> 5] ?? 0) & (1 << (unit & 31))) !== 0;
  }

  /** The next place where a match could begin, or the end. */
  #nextFirst(text: string, from: number): number {
    let index = from;
    while (index < text.length && !this.#isFirst(text.charCodeAt(index))) index += 1;
    this.#left -= Math.floor((index - from) / skippedInAStep);
    return index;
  }

  /** Holds all states against a character. @returns how many states follow; -1: a match */
  #advance(rune: number, count: number, place: number): number {
    this.#round += 1;
    const current = this.#current;
    let entered = 0;
    for (let at = 0; at < count; at += 1) {
      const state = current[at] ?? 0;
      if (!this.#takes(state, rune)) continue;
      entered = this.#enter(this.#next, entered, this.#instructions[state]?.out ?? 0, place);
      if (entered === -1) return -1;
    }
    this.#current = this.#next;
    this.#next = current;
    return entered;
  }

  #takes(state: number, rune: number): boolean {
    if (rune < asciiCount) {
      return ((this.#ascii[state * 4 + (rune >>> 5)] ?? 0) & (1 << (rune & 31))) !== 0;
    }
    const instruction = this.#instructions[state];
    if (instruction === undefined) return false;
    return isAny(instruction.op) || instruction.matchRune(rune);
  }

  /**
   * Adds the states that take a character and that are reached from one without taking any.
   * @returns how many states there are now; -1: a match
   */
  #enter(states: Int32Array, count: number, from: number, place: number): number {
    const stack = this.#stack;
    let entered = count;
    let depth = 0;
    stack[depth++] = from;
    while (depth > 0) {
      const at = stack[--depth] ?? 0;
      this.#left -= 1;
      if (this.#entered[at] === this.#round) continue;
      this.#entered[at] = this.#round;
      const instruction = this.#instructions[at];
      switch (instruction?.op) {
        case operations.fork:
        case operations.forkBeforeMatch:
          stack[depth++] = instruction.arg;
          stack[depth++] = instruction.out;
          break;
        case operations.capture:
        case operations.nothing:
          stack[depth++] = instruction.out;
          break;
        case operations.place:
          if ((instruction.arg & ~place) === 0) stack[depth++] = instruction.out;
          break;
        case operations.match:
          return -1;
        case operations.oneOf:
        case operations.one:
        case operations.any:
        case operations.anyButNewline:
          states[entered++] = at;
          break;
        default:
          break;
      }
    }
    return entered;
  }

  #placeAt(text: string, index: number): number {
    if (!this.#usesPlaces) return 0;
    const before = index > 0 ? text.charCodeAt(index - 1) : -1;
    const after = index < text.length ? text.charCodeAt(index) : -1;
    let place = isWord(before) === isWord(after) ? places.noWordBoundary : places.wordBoundary;
    if (before === -1) place |= places.textStart | places.lineStart;
    if (before === 10) place |= places.lineStart;
    if (after === -1) place |= places.textEnd | places.lineEnd;
    if (after === 10) place |= places.lineEnd;
    return place;
  }

  /** Whether every match begins at the beginning of the text. */
  #findAnchor(): boolean {
    let at = this.#instructions[this.#start];
    while (
      at &&
      (at.op === operations.place || at.op === operations.capture || at.op === operations.nothing)
    ) {
      if (at.op === operations.place && (at.arg & places.textStart) !== 0) return true;
      at = this.#instructions[at.out];
    }
    return false;
  }

  /** What a match can begin with, whatever the place is. */
  #findFirst(): void {
    const everywhere = Object.values(places).reduce((all, flag) => all | flag, 0);
    const count = this.#enter(this.#current, 0, this.#start, everywhere);
    if (count === -1) {
      this.#mayBeEmpty = true;
      return;
    }
    for (const state of this.#current.subarray(0, count)) {
      for (let word = 0; word < 4; word += 1) {
        this.#first[word] = (this.#first[word] ?? 0) | (this.#ascii[state * 4 + word] ?? 0);
      }
    }
    // Whether other characters are among them is not looked up: each is tried.
    this.#isOtherFirst = true;
  }
}

function isAny(op: number): boolean {
  return op === operations.any || op === operations.anyButNewline;
}

/** RE2 knows words of ASCII only. */
function isWord(unit: number): boolean {
  return (
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    unit === 0x5f ||
    (unit >= 0x61 && unit <= 0x7a)
  );
}

function asciiOf(instructions: readonly Instruction[]): Uint32Array {
  const bits = new Uint32Array(instructions.length * 4);
  for (const [state, instruction] of instructions.entries()) {
    for (let rune = 0; rune < asciiCount; rune += 1) {
      if (!takesAscii(instruction, rune)) continue;
      const word = state * 4 + (rune >>> 5);
      bits[word] = (bits[word] ?? 0) | (1 << (rune & 31));
    }
  }
  return bits;
}

function takesAscii(instruction: Instruction, rune: number): boolean {
  switch (instruction.op) {
    case operations.any:
      return true;
    case operations.anyButNewline:
      return rune !== 10;
    case operations.oneOf:
    case operations.one:
      return instruction.matchRune(rune);
    default:
      return false;
  }
}
