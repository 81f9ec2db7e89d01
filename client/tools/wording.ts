// Finds words in a decision that lean on a myth or stereotype, by the pack's patterns. Pure; nothing leaves the page.
//
// A hit is a question to the decider. Nothing inside quoted or reported speech is one: that is evidence, not her reason.

/** One rule of the pack. Patterns as in `wording.toml`. */
export interface WordingRule {
  id: string;
  about: string;
  why: string;
  ask: string;
  source: string;
  says: readonly string[];
  unless: readonly string[];
}

export interface WordingSource {
  id: string;
  title: string;
  address: string;
}

/** The pack's guidance on words, as compiled. */
export interface Wording {
  rules: readonly WordingRule[];
  sources: readonly WordingSource[];
  words: Readonly<Record<string, readonly string[]>>;
  clear: readonly string[];
  reported: readonly string[];
}

/** Words that lean on a stereotype: from `start` up to `end` in the text, in UTF-16 units. */
export interface Hit {
  rule: string;
  start: number;
  end: number;
  text: string;
}

interface Word {
  word: string;
  start: number;
  end: number;
}

// A part of a pattern: any of these phrases (a `*` ends a beginning), or a gap (none).
interface Part {
  phrases: readonly (readonly string[])[] | null;
  optional: boolean;
}

type Pattern = readonly Part[];

interface Ready {
  rules: { rule: WordingRule; says: Pattern[]; unless: Pattern[] }[];
  clear: Pattern[];
  reported: Pattern[];
}

const GAP = 6; // words that `..` may stand for

/** Makes a checker for a pack's guidance; it answers the hits of a text, first to last, one a rule and sentence. */
export function checker(wording: Wording): (text: string) => Hit[] {
  const ready = compile(wording);
  return (text) => {
    const quoted = quotedParts(text).spans;
    const hits = sentences(text).flatMap((words) => inSentence(words, quoted, ready));
    return hits
      .map((hit) => ({ ...hit, text: text.slice(hit.start, hit.end) }))
      .sort((a, b) => a.start - b.start || a.end - b.end);
  };
}

/** Whether a quotation is opened and never closed: what follows it in its paragraph is then not looked at. */
export function hasOpenQuotation(text: string): boolean {
  return quotedParts(text).open;
}

function compile({ rules, words, clear, reported }: Wording): Ready {
  const all = (patterns: readonly string[]): Pattern[] => patterns.map((one) => parse(one, words));
  return {
    rules: rules.map((rule) => ({ rule, says: all(rule.says), unless: all(rule.unless) })),
    clear: all(clear),
    reported: all(reported),
  };
}

function parse(pattern: string, lists: Wording["words"]): Pattern {
  return pattern.split(" ").map((element) => {
    if (element === "..") return { phrases: null, optional: false };
    const optional = element.endsWith("?");
    const body = optional ? element.slice(0, -1) : element;
    const named = /^\{(.+)\}$/.exec(body)?.[1];
    const phrases = named === undefined ? body.split("|") : (lists[named] ?? []);
    return { phrases: phrases.map((phrase) => phrase.split(/[ -]/)), optional };
  });
}

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;
const END = /[.!?;]+(?=\s|["'”’)]|$)|\n+/gu;

/** The words of each sentence, in small letters and with where they stand. */
function sentences(text: string): Word[][] {
  const ends = [...text.matchAll(END)].map((end) => end.index);
  const found: Word[][] = [[]];
  let next = 0;
  for (const { 0: word, index } of text.matchAll(WORD)) {
    while (next < ends.length && ends[next]! < index) {
      next += 1;
      if (found.at(-1)!.length > 0) found.push([]);
    }
    found.at(-1)!.push({ word: word.toLowerCase().replace(/’/g, "'"), start: index, end: index + word.length });
  }
  return found.filter((words) => words.length > 0);
}

function inSentence(words: readonly Word[], quoted: readonly Span[], ready: Ready): Omit<Hit, "text">[] {
  const own = words.filter(({ start }) => !quoted.some((span) => span.start <= start && start < span.end));
  if (ready.clear.some((pattern) => find(pattern, own) !== null)) return [];
  const said = ready.reported.map((pattern) => find(pattern, own)).filter((found) => found !== null);
  const hits: Omit<Hit, "text">[] = [];
  for (const { rule, says, unless } of ready.rules) {
    if (unless.some((pattern) => find(pattern, own) !== null)) continue;
    const found = says.map((pattern) => find(pattern, own)).filter((one) => one !== null);
    const free = found.filter(([from]) => !said.some(([, until]) => until <= from));
    if (free.length === 0) continue;
    const [from, until] = free.reduce((best, one) => (one[1] - one[0] > best[1] - best[0] ? one : best));
    hits.push({ rule: rule.id, start: own[from]!.start, end: own[until - 1]!.end });
  }
  return hits;
}

// From which word up to which (not included) a pattern first matches.
function find(pattern: Pattern, words: readonly Word[]): [number, number] | null {
  for (let from = 0; from < words.length; from += 1) {
    const until = match(pattern, 0, words, from);
    if (until !== null && until > from) return [from, until];
  }
  return null;
}

function match(pattern: Pattern, part: number, words: readonly Word[], at: number): number | null {
  const now = pattern[part];
  if (now === undefined) return at;
  if (now.phrases === null) {
    for (let gap = 0; gap <= GAP && at + gap <= words.length; gap += 1) {
      const until = match(pattern, part + 1, words, at + gap);
      if (until !== null) return until;
    }
    return null;
  }
  for (const phrase of now.phrases) {
    if (!phrase.every((word, i) => fits(word, words[at + i]?.word))) continue;
    const until = match(pattern, part + 1, words, at + phrase.length);
    if (until !== null) return until;
  }
  return now.optional ? match(pattern, part + 1, words, at) : null;
}

function fits(wanted: string, word: string | undefined): boolean {
  if (word === undefined) return false;
  return wanted.endsWith("*") ? word.startsWith(wanted.slice(0, -1)) : word === wanted;
}

interface Span {
  start: number;
  end: number;
}

const CLOSES: Readonly<Record<string, string>> = { "“": "”", "‘": "’", "«": "»", '"': '"', "'": "'" };

/**
 * Where others are quoted: between quotation marks, and in paragraphs that begin with `>`. A quotation that is never
 * closed goes to the end of its paragraph, because longer ones are often written so.
 */
function quotedParts(text: string): { spans: Span[]; open: boolean } {
  const spans: Span[] = [];
  let open = false;
  let start = 0;
  for (const paragraph of text.split(/(\n\s*\n)/)) {
    if (/^\s*>/.test(paragraph)) spans.push({ start, end: start + paragraph.length });
    else {
      const found = quotations(paragraph);
      spans.push(...found.spans.map((span) => ({ start: start + span.start, end: start + span.end })));
      open ||= found.open;
    }
    start += paragraph.length;
  }
  return { spans, open };
}

function quotations(paragraph: string): { spans: Span[]; open: boolean } {
  const spans: Span[] = [];
  for (let at = 0; at < paragraph.length; at += 1) {
    const close = CLOSES[paragraph[at]!];
    if (close === undefined || !opens(paragraph, at)) continue;
    const end = closing(paragraph, at + 1, close);
    spans.push({ start: at, end: end ?? paragraph.length });
    if (end === null) return { spans, open: true };
    at = end - 1;
  }
  return { spans, open: false };
}

// An apostrophe stands between letters or after one: it opens nothing.
function opens(text: string, at: number): boolean {
  const before = text[at - 1] ?? " ";
  const after = text[at + 1] ?? " ";
  return text[at] === "“" || text[at] === "«" || (/[\s([{—–:,-]/.test(before) && /\S/.test(after));
}

function closing(text: string, from: number, mark: string): number | null {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] !== mark) continue;
    const isApostrophe = (mark === "'" || mark === "’") && /\p{L}/u.test(text[at + 1] ?? " ");
    if (!isApostrophe) return at + 1;
  }
  return null;
}
