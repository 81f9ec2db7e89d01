// An index of what a handler can open, in memory only. Pure: texts in, places out.

/** One text that was opened: what it belongs to, and what it says. */
export interface Entry {
  case: string;
  kind: string; // of the envelope
  day: string;
  text: string;
}

/** A text that holds every word asked for. `score`: the rarer and the more often the words, the higher. */
export interface Found {
  entry: Entry;
  score: number;
  words: string[]; // as they stand in the text, in small letters
}

const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}]+)*/gu;

/** Words as they are compared: small letters, no accents, one kind of apostrophe. */
export function wordsOf(text: string): string[] {
  return [...text.matchAll(WORD)].map(([word]) => folded(word));
}

function folded(word: string): string {
  return word.normalize("NFKD").replace(/\p{M}/gu, "").replace(/’/g, "'").toLowerCase();
}

export class SearchIndex {
  readonly #entries: Entry[] = [];
  readonly #counts = new Map<string, Map<number, number>>(); // word, to how often in which entry
  #sorted: string[] | undefined;

  get size(): number {
    return this.#entries.length;
  }

  add(entry: Entry): void {
    const number = this.#entries.push(entry) - 1;
    for (const word of wordsOf(entry.text)) {
      const inEntries = this.#counts.get(word) ?? new Map<number, number>();
      inEntries.set(number, (inEntries.get(number) ?? 0) + 1);
      this.#counts.set(word, inEntries);
    }
    this.#sorted = undefined;
  }

  /**
   * Texts with every word of the query, best first, then newest. A word finds what begins with it; words between double
   * quotation marks have to stand side by side, whole.
   */
  find(query: string): Found[] {
    const { words, phrases } = parse(query);
    const lists = [...words.map((word) => this.#beginning(word)), ...phrases.flatMap((phrase) => phrase.map((word) => this.#whole(word)))];
    if (lists.length === 0) return [];
    const numbers = lists.map(({ scores }) => scores).reduce((a, b) => (a.size <= b.size ? a : b));
    const found: Found[] = [];
    for (const number of numbers.keys()) {
      if (!lists.every(({ scores }) => scores.has(number))) continue;
      const entry = this.#entries[number]!;
      if (!phrases.every((phrase) => holds(wordsOf(entry.text), phrase))) continue;
      const score = lists.reduce((sum, { scores }) => sum + scores.get(number)!, 0);
      found.push({ entry, score, words: [...new Set(lists.flatMap(({ matched }) => matched))] });
    }
    return found.sort((a, b) => b.score - a.score || (a.entry.day < b.entry.day ? 1 : -1));
  }

  #beginning(start: string): List {
    const sorted = (this.#sorted ??= [...this.#counts.keys()].sort());
    const matched: string[] = [];
    for (let at = lowest(sorted, start); sorted[at]?.startsWith(start); at += 1) matched.push(sorted[at]!);
    return this.#list(matched);
  }

  #whole(word: string): List {
    return this.#list(this.#counts.has(word) ? [word] : []);
  }

  // Each word weighs by how few texts hold it (inverse document frequency), its repeats by their logarithm.
  #list(matched: string[]): List {
    const scores = new Map<number, number>();
    for (const word of matched) {
      const inEntries = this.#counts.get(word)!;
      const weight = Math.log(1 + this.#entries.length / inEntries.size);
      for (const [number, times] of inEntries) {
        scores.set(number, (scores.get(number) ?? 0) + weight * (1 + Math.log(times)));
      }
    }
    return { scores, matched };
  }
}

interface List {
  scores: Map<number, number>;
  matched: string[];
}

function parse(query: string): { words: string[]; phrases: string[][] } {
  const phrases: string[][] = [];
  const rest = query.replace(/["“”]([^"“”]*)["“”]/gu, (_, phrase: string) => {
    const words = wordsOf(phrase);
    if (words.length > 0) phrases.push(words);
    return " ";
  });
  return { words: [...new Set(wordsOf(rest))], phrases };
}

function holds(words: readonly string[], phrase: readonly string[]): boolean {
  return words.some((_, at) => phrase.every((word, i) => words[at + i] === word));
}

function lowest(sorted: readonly string[], start: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A piece of the text around the first of these words, in parts: every second one is a word that was found. */
export function snippet(text: string, words: readonly string[], most = 200): string[] {
  const wanted = new Set(words);
  const places = [...text.matchAll(WORD)].filter(([word]) => wanted.has(folded(word)));
  const first = places[0]?.index ?? 0;
  const from = first < most / 3 ? 0 : text.indexOf(" ", Math.floor(first - most / 3)) + 1;
  const until = Math.min(text.length, from + most);
  const parts: string[] = [];
  let at = from;
  for (const { 0: word, index } of places) {
    if (index < at || index + word.length > until) continue;
    parts.push(text.slice(at, index), word);
    at = index + word.length;
  }
  parts.push(text.slice(at, until));
  if (from > 0) parts[0] = `… ${parts[0]!}`;
  if (until < text.length) parts[parts.length - 1] += " …";
  return parts;
}
