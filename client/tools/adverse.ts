// Matches a list of acts from human resources with people who reported. In the guardian's browser only; pure.
import { dayOf } from "./table-file.ts";

/** Somebody who reported, as intake told the guardian. */
export interface Watched {
  id: string;
  name: string;
  numbers: readonly string[]; // collar, warrant, payroll
  emails: readonly string[];
  reported: string; // day
  case: string; // short number
}

export interface ActKind {
  id: string;
  label: string;
  words: readonly string[];
  counter: boolean;
}

export type By = "number" | "email" | "name" | "perhaps";

/** An act in the list against somebody who reported. `late`: after the time in which each act gets a second look. */
export interface Match {
  watched: Watched;
  by: By;
  row: number; // in the file, the heading being 1
  day: string; // "" where the list says none that can be read
  what: string;
  kind: ActKind | undefined;
  late: boolean;
}

const COLUMNS: Readonly<Record<"name" | "first" | "last" | "number" | "email" | "day" | "what", RegExp>> = {
  name: /^(?:full ?name|name|employee|officer|person|staff)$/i,
  first: /^(?:first|given|fore) ?names?$/i,
  last: /^(?:last|family|sur) ?name$/i,
  number: /\b(?:number|no|id|collar|warrant|payroll)\b/i,
  email: /e-?mail/i,
  day: /date|day|from|effective|start/i,
  what: /act|action|type|reason|what|event|change|description|note|detail/i,
};

/** Every act that fits somebody, the surest first in each row. Acts before the report are left out. */
export function matches(table: { columns: readonly string[]; rows: readonly (readonly string[])[] }, watched: readonly Watched[], kinds: readonly ActKind[], months: number): Match[] {
  const places = (pattern: RegExp): number[] => table.columns.flatMap((column, index) => (pattern.test(column) ? [index] : []));
  const at = Object.fromEntries(Object.entries(COLUMNS).map(([name, pattern]) => [name, places(pattern)])) as Record<keyof typeof COLUMNS, number[]>;
  const cells = (row: readonly string[], where: readonly number[]): string[] => where.map((index) => row[index] ?? "").filter((cell) => cell !== "");
  return table.rows.flatMap((row, index) => {
    const names = [...cells(row, at.name), [...cells(row, at.first), ...cells(row, at.last)].join(" ")].filter((one) => one.trim() !== "");
    const person = { names, numbers: cells(row, at.number), emails: cells(row, at.email) };
    const day = cells(row, at.day).map(dayOf).find((one) => one !== "") ?? "";
    const what = cells(row, at.what).join("; ");
    return watched.flatMap((one): Match[] => {
      const by = fits(one, person);
      if (by === undefined || (day !== "" && day < one.reported)) return [];
      return [{ watched: one, by, row: index + 2, day, what, kind: kindOf(what, kinds), late: day > monthsAfter(one.reported, months) }];
    });
  });
}

/** How a row fits somebody, if it does. A number or an address is surer than a name; an initial is only perhaps. */
export function fits(one: Watched, person: { names: readonly string[]; numbers: readonly string[]; emails: readonly string[] }): By | undefined {
  const meets = (a: readonly string[], b: readonly string[], fold: (text: string) => string): boolean => {
    const known = new Set(a.map(fold).filter((text) => text !== ""));
    return b.map(fold).some((text) => known.has(text));
  };
  if (meets(one.numbers, person.numbers, plainNumber)) return "number";
  if (meets(one.emails, person.emails, (text) => text.trim().toLowerCase())) return "email";
  const mine = nameWords(one.name);
  if (mine.length < 2) return undefined;
  const theirs = person.names.map(nameWords);
  if (theirs.some((words) => mine.every((word) => words.includes(word)))) return "name";
  return theirs.some((words) => isPerhaps(mine, words)) ? "perhaps" : undefined;
}

// The same family name, and an initial or a short form for the rest. Lists write either name first.
function isPerhaps(mine: readonly string[], theirs: readonly string[]): boolean {
  const family = mine.at(-1)!;
  if (theirs.length < 2 || !theirs.includes(family)) return false;
  const first = theirs.find((word) => word !== family);
  return first !== undefined && (first.startsWith(mine[0]![0]!) && (first.length === 1 || mine[0]!.startsWith(first) || first.startsWith(mine[0]!)));
}

const RANKS = new Set("pc dc ps ds di dci sgt sergeant insp inspector constable supt superintendent mr mrs ms miss dr special".split(" "));

function nameWords(name: string): string[] {
  const words = name.normalize("NFKD").replace(/\p{M}/gu, "").replace(/['’-]/g, "").toLowerCase().match(/\p{L}+/gu) ?? [];
  return words.filter((word) => !RANKS.has(word));
}

function plainNumber(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9]/g, "").replace(/^(?:pc|dc|ps|ds|di|sgt|pcso|sc)(?=\d)/, "").replace(/^0+/, "");
  return plain.length < 3 ? "" : plain; // shorter ones are row numbers
}

function kindOf(what: string, kinds: readonly ActKind[]): ActKind | undefined {
  const text = ` ${what.toLowerCase().replace(/[^\p{L}\p{N}-]+/gu, " ")} `;
  const hit = (kind: ActKind): boolean => kind.words.some((word) => text.includes(` ${word} `) || text.includes(` ${word}s `));
  return kinds.find((kind) => kind.counter && hit(kind)) ?? kinds.find(hit);
}

/** The corresponding day so many months later, or the month's last. */
export function monthsAfter(day: string, months: number): string {
  const [year, month, date] = day.split("-").map(Number) as [number, number, number];
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}
