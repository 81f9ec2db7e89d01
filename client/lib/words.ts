// Seven words: six random ones of the EFF large list and a checksum word (formats, section 2).
import list from "../../src/upstander/sealing/eff_large_wordlist.txt";
import left from "../../src/upstander/sealing/words_not_drawn.txt";
import { FormatError, sha256, utf8 } from "./bytes.ts";

export const WORDS = 7;

/**
 * What was typed is not seven right words. `index` is the place of the wrong one from 0, or -1 for the
 * whole.
 */
export class WordsError extends FormatError {
  override name = "WordsError";
  readonly index: number;
  constructor(message: string, index = -1) {
    super(message);
    this.index = index;
  }
}

/** The 7,776 words, in the order of the list. */
export const wordlist: readonly string[] = list
  .split("\n")
  .map((line) => line.trim().split(/\s+/).pop() ?? "")
  .filter((word) => word !== "");

const known: ReadonlySet<string> = new Set(wordlist);

// Words that could hurt whoever has to keep them. They are right when they are typed; nobody is given one any more.
const notDrawn: ReadonlySet<string> = new Set(left.split("\n"));
const drawn = wordlist.filter((word) => !notDrawn.has(word));

const hyphened = wordlist.filter((word) => word.includes("-"));

/** Seven fresh words from the browser's random generator. */
export function generateWords(): string[] {
  const six = Array.from({ length: WORDS - 1 }, () => drawn[randomBelow(drawn.length)]!);
  const seventh = checksumWord(six);
  return notDrawn.has(seventh) ? generateWords() : [...six, seventh];
}

/** The seven words in what a person typed, or a WordsError that says in plain words what is wrong. */
export function parseWords(input: string): string[] {
  const words = split(input);
  const wrong = words.findIndex((word) => !known.has(word));
  if (wrong >= 0 && wrong < WORDS) {
    throw new WordsError(
      `Word ${wrong + 1} ("${words[wrong]}") is not one of the words we use. Check how it is spelled.`,
      wrong,
    );
  }
  if (words.length !== WORDS) {
    const found = words.length === 1 ? "1 word" : `${words.length} words`;
    throw new WordsError(`There are seven words. You have typed ${found}.`);
  }
  if (checksumWord(words.slice(0, -1)) !== words[WORDS - 1]) {
    throw new WordsError(
      "These seven words do not fit together. One may be wrong, or two may have changed places.",
    );
  }
  return words;
}

/** Up to eight words that begin like this, for help while typing. */
export function completions(prefix: string): string[] {
  const start = prefix.toLowerCase();
  return start === "" ? [] : wordlist.filter((word) => word.startsWith(start)).slice(0, 8);
}

/** The seventh word that belongs to six others. */
export function checksumWord(six: readonly string[]): string {
  const digest = sha256(utf8(`upstander/words/v1\n${six.join(" ")}`));
  return wordlist[new DataView(digest.buffer).getUint32(0) % wordlist.length]!;
}

function split(input: string): string[] {
  const lower = input.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  const runs = lower.split(/[^a-z-]+/);
  return runs.flatMap((run) => splitHyphens(run)).filter((word) => word !== "");
}

// A hyphen separates words, unless it belongs to one of the four listed words that have one.
function splitHyphens(run: string): string[] {
  const parts = run.split("-");
  const words: string[] = [];
  for (let i = 0; i < parts.length; i++) {
    const joined = `${parts[i]}-${parts[i + 1]}`;
    const isOne = hyphened.includes(joined);
    words.push(isOne ? joined : parts[i]!);
    if (isOne) i += 1;
  }
  return words;
}

function randomBelow(limit: number): number {
  const ceiling = Math.floor(2 ** 32 / limit) * limit; // values above would favour the first words
  for (;;) {
    const value = crypto.getRandomValues(new Uint32Array(1))[0]!;
    if (value < ceiling) return value % limit;
  }
}
