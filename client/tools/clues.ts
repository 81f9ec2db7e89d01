// What in an investigator's version could lead back to the person who reported. Pure; every find is a question, not proof.

export type ClueKind = "name" | "time" | "number" | "few" | "voice" | "asked" | "sheet" | "copied";

/** A place in the text that may be a clue: from `start` up to `end`, in UTF-16 units. */
export interface Clue {
  kind: ClueKind;
  start: number;
  end: number;
  text: string;
}

/** What the version is held against: what was reported, what the reporter wants to be asked about first, the sheet. */
export interface Known {
  report: readonly string[];
  askFirst: readonly string[];
  sheet: readonly string[];
}

/** Why each kind matters, in words for the page. */
export const WHY: Readonly<Record<ClueKind, string>> = {
  name: "This looks like a name or rank with a name. Who is named can tell who was near.",
  time: "An exact time or day. Few people were there then: say the week or the shift pattern, if it does not matter.",
  number: "A number that belongs to somebody or something: a collar number, a phone, a car.",
  few: "So few people that one of them can be picked out.",
  voice: "Written as the reporter speaks. Say what happened, not who saw it.",
  asked: "From a part that the reporter wants to be asked about first.",
  sheet: "A word from what could say who the reporter is.",
  copied: "Word for word as it was reported. How somebody writes can be recognised.",
};

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu;
const COPIED = 6; // words in a row
const RARE = 5; // letters: shorter words are in every text

const PATTERNS: readonly [ClueKind, RegExp][] = [
  ["name", /\b(?:PC|DC|PS|DS|DI|DCI|Sgt|Insp|Sergeant|Inspector|Constable|Superintendent|Mr|Mrs|Ms|Miss|Dr)\.?\s+\p{Lu}[\p{L}'’-]+(?:\s+\p{Lu}[\p{L}'’-]+)?/gu],
  ["name", /(?<=[\p{Ll},;]\s)\p{Lu}\p{Ll}[\p{L}'’-]+(?:\s+\p{Lu}\p{Ll}[\p{L}'’-]+)*/gu],
  ["time", /\b\d{1,2}[:.]\d{2}\b(?:\s?[ap]\.?m\.?)?|\b\d{1,2}\s?[ap]\.?m\.?\b|\b(?:noon|midnight)\b/giu],
  ["time", /\b\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?:\s+\d{4})?|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b/giu],
  ["time", /\b(?:on\s+)?(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)(?:s)?\b(?:\s+(?:morning|afternoon|evening|night))?/gu],
  ["number", /\b\d{4,}\b|\b\+?\d[\d ]{8,}\d\b|\b\p{Lu}{2}\d{2}\s?\p{Lu}{3}\b|[\w.+-]+@[\w-]+\.[\w.]+|(?<!\w)@\w{2,}/gu],
  ["few", /\b(?:one|both|either|neither|each|the only|all)\s+of\s+(?:the\s+|us\s+|them\s+)?(?:two|three|four|five|us|them)\b|\b(?:the|only|us|of)\s+(?:two|three|four)\s+(?:of\s+(?:us|them)|women|men|officers|people|colleagues|probationers|specials)\b|\bthe\s+only\s+(?:woman|man|officer|one|person|\p{L}+\s+(?:woman|man|officer))\b|\b(?:the\s+)?(?:newest|youngest|oldest|only)\s+(?:officer|member|probationer|person|woman|man)\b|\bthe\s+other\s+(?:woman|man|officer|one)\b/giu],
  ["voice", /\b(?:I|I'm|I’m|I've|I’ve|me|my|mine|myself|we|us|our|ours)\b/gu],
];

/** Names that capital letters alone do not make. */
const ORDINARY = new Set(
  "England Wales British English Welsh Police Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Professional Standards Constabulary Christmas Easter WhatsApp Facebook Instagram Snapchat".split(" "),
);

/** Every clue in a text, first to last. Where two overlap, the one that weighs more stays: sheet, asked, copied, others. */
export function cluesIn(text: string, known: Known): Clue[] {
  const found: Clue[] = [
    ...ofWords(text, wordsOf(known.sheet), "sheet"),
    ...ofWords(text, wordsOf(known.askFirst, wordsOf(known.report.filter((one) => !known.askFirst.includes(one)))), "asked"),
    ...copied(text, [...known.report, ...known.askFirst]),
    ...PATTERNS.flatMap(([kind, pattern]) => ofPattern(text, kind, pattern)),
  ];
  return apart(found).sort((a, b) => a.start - b.start);
}

/** How many clues of each kind. */
export function countsOf(clues: readonly Clue[]): Partial<Record<ClueKind, number>> {
  const counts: Partial<Record<ClueKind, number>> = {};
  for (const { kind } of clues) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function ofPattern(text: string, kind: ClueKind, pattern: RegExp): Clue[] {
  return [...text.matchAll(pattern)]
    .filter(([words]) => kind !== "name" || !words.split(/\s+/).every((word) => ORDINARY.has(word)))
    .map(({ 0: words, index }) => ({ kind, start: index, end: index + words.length, text: words }));
}

function folded(word: string): string {
  return word.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[’']s$/u, "").toLowerCase();
}

// Words of some weight: long, or with a capital or a digit, and none of those that stand everywhere.
function wordsOf(texts: readonly string[], but: ReadonlySet<string> = new Set()): Set<string> {
  const words = texts.flatMap((text) => [...text.matchAll(WORD)].map(([word]) => word));
  const heavy = words.filter((word) => word.length >= RARE || (/[\p{Lu}\p{N}]/u.test(word) && word.length > 2));
  return new Set(heavy.map(folded).filter((word) => !COMMON.has(word) && !but.has(word)));
}

function ofWords(text: string, wanted: ReadonlySet<string>, kind: ClueKind): Clue[] {
  return [...text.matchAll(WORD)]
    .filter(([word]) => wanted.has(folded(word)))
    .map(({ 0: word, index }) => ({ kind, start: index, end: index + word.length, text: word }));
}

// Runs of words that stand in the report just so.
function copied(text: string, from: readonly string[]): Clue[] {
  const runs = new Set(from.flatMap((one) => windows([...one.matchAll(WORD)].map(([word]) => folded(word))).map((run) => run.join(" "))));
  const words = [...text.matchAll(WORD)];
  const hits = windows(words).filter((run) => runs.has(run.map(([word]) => folded(word)).join(" ")));
  const clues: Clue[] = [];
  for (const run of hits) {
    const start = run[0]!.index;
    const end = run.at(-1)!.index + run.at(-1)![0].length;
    const last = clues.at(-1);
    if (last !== undefined && start <= last.end) last.end = end;
    else clues.push({ kind: "copied", start, end, text: "" });
  }
  return clues.map((clue) => ({ ...clue, text: text.slice(clue.start, clue.end) }));
}

function windows<T>(words: readonly T[]): T[][] {
  return words.length < COPIED ? [] : words.slice(0, words.length - COPIED + 1).map((_, at) => words.slice(at, at + COPIED));
}

function apart(clues: readonly Clue[]): Clue[] {
  const kept: Clue[] = [];
  for (const clue of clues) {
    const meets = kept.some(({ start, end }) => clue.start < end && start < clue.end);
    if (!meets || clue.kind === "few") kept.push(clue);
  }
  return kept;
}

const COMMON = new Set(
  ("about after again against another around because before being between cannot could doing during every first force from having house " +
    "inside months nothing officer officers other others people police report reported sergeant several shift should since something station " +
    "still their there these thing things think those through under until where which while woman women would years never something " +
    "always asked called heard looked other right shown night nights phone picture pictures message messages somebody someone without with told").split(" "),
);
