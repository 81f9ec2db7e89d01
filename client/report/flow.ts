// Which page comes next, and what is on it: from the pack and the answers, and from nothing else.
import type { Cond, Kind, Pack, Question } from "./pack.ts";

/** `from` and `to` are loose dates as they were typed: "day/month/year", each part may be empty. */
export interface When {
  from: string;
  to: string;
  words: string;
  how: string;
}
export type Person = Readonly<Record<string, string>>;
export interface Exclusion {
  unticked: readonly string[];
  typed: string;
}
export type Value = string | readonly string[] | readonly When[] | readonly Person[] | Person | Exclusion;
export type Answers = Readonly<Record<string, Value>>;

/**
 * Where she is. `quick`: only the few questions that are enough to send. `finishing`: on the way to the check page.
 * `passed`: what the quick path had shown when she went on with the whole one; it is not shown again.
 */
export interface Position {
  page: string;
  quick: boolean;
  finishing: boolean;
  passed: readonly string[];
}

export interface Progress {
  part: number; // from 1
  of: number;
  name: string;
}

export interface PageModel {
  id: string;
  kind: Kind;
  question: Question;
  progress: Progress;
  notes: readonly string[];
  skip: boolean;
  unknown: boolean;
  finish: boolean;
  /** A page to read that is a stop on the way: go on, or finish here. */
  station: boolean;
}

export const TEXT_LIMIT = 200_000; // characters
export const LINE_LIMIT = 1_000;
export const UNKNOWN = "dont-know";

export function isUnknown(value: Value | undefined): boolean {
  return value === UNKNOWN;
}

/** The option ids chosen: one, several or none. */
export function chosen(value: Value | undefined): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return Array.isArray(value) && value.every((one) => typeof one === "string")
    ? (value as readonly string[])
    : [];
}

export function isSet(value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (typeof value === "string") return value.trim() !== "";
  if (Array.isArray(value)) return value.length > 0;
  if ("unticked" in value)
    return (value as Exclusion).unticked.length > 0 || (value as Exclusion).typed.trim() !== "";
  return Object.values(value as Person).some((field) => field.trim() !== "");
}

/** W, H, T: the reporter's path, from the answer the pack names. */
export function pathOf(pack: Pack, answers: Answers): string {
  const { question, map, default: fallback } = pack.path_by;
  const answer = chosen(answers[question])[0];
  return (answer !== undefined ? map[answer] : undefined) ?? fallback;
}

/** Does a condition hold for these answers? */
export function holds(pack: Pack, answers: Answers, cond: Cond | null | undefined, quick = false): boolean {
  if (cond === null || cond === undefined) return true;
  if ("all" in cond) return cond.all.every((one) => holds(pack, answers, one, quick));
  if ("any" in cond) return cond.any.some((one) => holds(pack, answers, one, quick));
  if ("not" in cond) return !holds(pack, answers, cond.not, quick);
  if ("answered" in cond) return chosen(answers[cond.answered[0]]).includes(cond.answered[1]);
  if ("set" in cond) return isSet(answers[cond.set]);
  return cond.path === pathOf(pack, answers) || (quick && cond.path === "quick");
}

/** The questions of a path that apply, in order. */
export function sequence(pack: Pack, answers: Answers, path: string): string[] {
  const quick = path === "quick";
  return (pack.paths[path] ?? []).filter((id) => {
    const question = pack.questions[id];
    return question !== undefined && holds(pack, answers, question.when, quick);
  });
}

/** Pages that stand between a question and the next because of what was answered, in order, with theirs in turn. */
export function interludes(
  pack: Pack,
  answers: Answers,
  id: string,
  above: readonly string[] = [],
): string[] {
  const question = pack.questions[id];
  if (question === undefined || above.includes(id)) return [];
  const picked = chosen(answers[id]);
  const called = question.options
    .filter((option) => picked.includes(option.id) && option.then !== "")
    .map((option) => option.then);
  const shown = [...new Set(called)].filter((page) => {
    const next = pack.questions[page];
    return next !== undefined && holds(pack, answers, next.when);
  });
  return shown.flatMap((page) => [page, ...interludes(pack, answers, page, [...above, id])]);
}

/** All pages of a path, those between included. */
export function everyPage(pack: Pack, answers: Answers, path: string): string[] {
  const pages = sequence(pack, answers, path).flatMap((id) => [id, ...interludes(pack, answers, id)]);
  return [...new Set(pages)];
}

/** The page after this one; "check" at the end. `asked` are the pages she has already been shown. */
export function next(pack: Pack, answers: Answers, at: Position, asked: readonly string[]): string {
  const whole = sequence(pack, answers, at.quick ? "quick" : pathOf(pack, answers));
  const path = whole.filter((id) => id === at.page || !at.passed.includes(id));
  const parent = parentOf(pack, answers, at.page, path);
  const between = interludes(pack, answers, parent);
  const within = between[parent === at.page ? 0 : between.indexOf(at.page) + 1];
  if (within !== undefined) return within;
  if (at.finishing) return finishPage(pack, answers, asked, parent);
  const place = path.indexOf(parent);
  const following =
    place < 0 || at.passed.includes(at.page) ? path.find((id) => !asked.includes(id)) : path[place + 1];
  return following ?? checkPage(pack);
}

/** After changing one answer from the check page: the pages that the new answer calls for, then back to checking. */
export function afterChange(pack: Pack, answers: Answers, id: string, started: string): string {
  const between = interludes(pack, answers, started);
  const following = between[id === started ? 0 : between.indexOf(id) + 1];
  return following ?? checkPage(pack);
}

/** The question on the path that led to this page: itself, or the one whose answer calls for it. */
function parentOf(pack: Pack, answers: Answers, page: string, path: readonly string[]): string {
  if (path.includes(page)) return page;
  return path.find((id) => interludes(pack, answers, id).includes(page)) ?? page;
}

/** "Finish here and check": what still has to be asked before a report can go, else the check page. */
export function finishPage(pack: Pack, answers: Answers, asked: readonly string[], after = ""): string {
  const wanted = pack.finish.filter((id) => holds(pack, answers, pack.questions[id]?.when));
  const open = wanted
    .slice(wanted.indexOf(after) + 1)
    .find((id) => !asked.includes(id) && !isSet(answers[id]));
  return open ?? checkPage(pack);
}

export function checkPage(pack: Pack): string {
  return Object.values(pack.questions).find((question) => question.kind === "check")?.id ?? "check";
}

/** What the view draws for one question. */
export function page(pack: Pack, answers: Answers, at: Position): PageModel {
  const question = pack.questions[at.page];
  if (question === undefined) throw new Error(`There is no page "${at.page}".`);
  const asks = question.kind !== "info" && question.kind !== "check";
  const isStation =
    question.kind === "info" &&
    sequence(pack, answers, at.quick ? "quick" : pathOf(pack, answers)).includes(at.page);
  return {
    id: at.page,
    kind: question.kind,
    question,
    progress: progress(pack, question.part),
    notes: question.notes
      .filter((note) => holds(pack, answers, note.when, at.quick))
      .map((note) => note.text),
    skip: asks && question.kind !== "point",
    unknown: offersUnknown(question),
    finish: (asks || isStation) && !at.finishing && !LAST.includes(question.kind),
    station: isStation,
  };
}

export function progress(pack: Pack, part: string): Progress {
  const place = Math.max(
    0,
    pack.parts.findIndex((one) => one.id === part),
  );
  return { part: place + 1, of: pack.parts.length, name: pack.parts[place]?.name ?? "" };
}

const LAST: readonly Kind[] = ["bodies", "fate", "named", "after", "check"];
const CAN_BE_UNKNOWN: readonly Kind[] = ["one", "many", "text", "dates", "people"];

function offersUnknown(question: Question): boolean {
  if (!CAN_BE_UNKNOWN.includes(question.kind) || question.leave) return false;
  return !question.options.some((option) => option.apart);
}

/** What is wrong with an answer, by field (`""` is the answer as a whole). The words are keys of the texts. */
export interface Fault {
  field: string;
  text: "error.too-long" | "error.date-day" | "error.date-month" | "error.date-year";
}

export function faults(question: Question, value: Value | undefined): Fault[] {
  if (value === undefined || isUnknown(value)) return [];
  if (typeof value === "string")
    return tooLong("", value, question.kind === "text" ? TEXT_LIMIT : LINE_LIMIT);
  if (question.kind === "dates") return (value as readonly When[]).flatMap(dateFaults);
  if (question.kind === "people" || question.kind === "named") {
    return (value as readonly Person[]).flatMap((person, index) => formFaults(question, person, `${index}.`));
  }
  if (question.kind === "form" || question.kind === "after") return formFaults(question, value as Person, "");
  if (question.kind === "exclude") return tooLong("typed", (value as Exclusion).typed, LINE_LIMIT);
  return [];
}

function formFaults(question: Question, person: Person, prefix: string): Fault[] {
  return question.fields.flatMap((field) =>
    tooLong(prefix + field.id, person[field.id] ?? "", field.kind === "text" ? TEXT_LIMIT : LINE_LIMIT),
  );
}

function tooLong(field: string, value: string, limit: number): Fault[] {
  return value.length <= limit ? [] : [{ field, text: "error.too-long" }];
}

function dateFaults(one: When, index: number): Fault[] {
  const sides = (["from", "to"] as const).flatMap((side) => looseDateFaults(one[side], `${index}.${side}`));
  return [...sides, ...tooLong(`${index}.words`, one.words, LINE_LIMIT)];
}

/** A loose date: day, month and year joined by "/" as they were typed, each may be empty. */
function looseDateFaults(typed: string, field: string): Fault[] {
  const [day = "", month = "", year = ""] = typed.split("/").map((part) => part.trim());
  const made: Fault[] = [];
  if (day !== "" && !between(day, 1, 31)) made.push({ field: `${field}.day`, text: "error.date-day" });
  if (month !== "" && !between(month, 1, 12))
    made.push({ field: `${field}.month`, text: "error.date-month" });
  if (year !== "" && !between(year, 1900, 2100))
    made.push({ field: `${field}.year`, text: "error.date-year" });
  return made;
}

function between(part: string, least: number, most: number): boolean {
  return /^\d{1,4}$/.test(part) && Number(part) >= least && Number(part) <= most;
}
