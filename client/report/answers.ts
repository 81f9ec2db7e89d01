// Answers as they read, as they are checked, and as they travel. Pure, like flow.
import type { Json, JsonObject } from "../lib/canonical.ts";
import { chosen, everyPage, isSet, isUnknown, pathOf } from "./flow.ts";
import type { Answers, Exclusion, Person, Value, When } from "./flow.ts";
import type { Field, Option, Pack, Question } from "./pack.ts";

/** What the page knows besides the pack, to name channels, members and files in words. */
export interface Names {
  unknown: string; // "I don't know"
  channels: ReadonlyMap<string, string>;
  members: ReadonlyMap<string, string>;
  typed: (name: string) => string; // "Asked to keep away: ..."
  to: (from: string, to: string) => string; // "from ... to ..."
  person: (n: number) => string; // "Person 1"
  month: (n: number) => string; // "March", from 3
}

export interface Row {
  id: string;
  title: string;
  part: string;
  text: string; // "" when not answered
  travels: Question["travels"];
}

/** Kinds that are not answers about what happened: the page handles them itself. */
const OWN: readonly Question["kind"][] = ["info", "check", "fate", "named", "after", "point", "file"];

/** An answer as it reads. Empty when there is none. */
export function readable(question: Question, value: Value | undefined, names: Names): string {
  if (value === undefined || !isSet(value)) return "";
  if (isUnknown(value)) return question.options.find((option) => option.id === value)?.label ?? names.unknown;
  switch (question.kind) {
    case "bodies":
      return labels(chosen(value), names.channels);
    case "exclude":
      return excluded(value as Exclusion, names);
    case "dates":
      return (value as readonly When[]).map((one) => whenText(one, question.options, names)).join("\n");
    case "people":
      return (value as readonly Person[])
        .map((person, index) => `${names.person(index + 1)}\n${formText(question.fields, person)}`)
        .join("\n\n");
    case "form":
      return formText(question.fields, value as Person);
    case "text":
    case "line":
      return value as string;
    default:
      return chosen(value)
        .map((id) => label(question.options, id))
        .join("; ");
  }
}

/** A loose date as ISO 8601 writes one: 2019, 2019-03, 2019-03-14, --03-14; empty when nothing was typed. */
export function isoDate(typed: string): string {
  const [day = "", month = "", year = ""] = typed.split("/").map((part) => part.trim());
  const tail = [month, day].map((part) => (part === "" ? "" : part.padStart(2, "0")));
  if (year === "" && month === "" && day === "") return "";
  if (month === "") return year;
  return `${year === "" ? "-" : year}-${tail[0]}${day === "" ? "" : `-${tail[1]}`}`;
}

/** A loose date as it reads: 2019, March 2019, 14 March. What is no month stays as it was typed. */
function dateText(typed: string, names: Names): string {
  const [day = "", month = "", year = ""] = typed.split("/").map((part) => part.trim());
  const isMonth = /^(0?[1-9]|1[0-2])$/.test(month);
  return [day, isMonth ? names.month(Number(month)) : month, year].filter((part) => part !== "").join(" ");
}

/** The questions whose answers count: those of her path, and the quick ones. */
export function counted(pack: Pack, answers: Answers): string[] {
  const path = everyPage(pack, answers, pathOf(pack, answers));
  const quick = everyPage(pack, answers, "quick").filter((id) => !path.includes(id));
  return [...path, ...quick].sort((a, b) => partOf(pack, a) - partOf(pack, b));
}

function partOf(pack: Pack, id: string): number {
  return pack.parts.findIndex((part) => part.id === pack.questions[id]?.part);
}

/** Rows of the check page: what she has seen and what travels, with what she said or nothing. */
export function rows(pack: Pack, answers: Answers, asked: readonly string[], names: Names): Row[] {
  return counted(pack, answers)
    .map((id) => pack.questions[id]!)
    .filter((question) => question.travels !== "no" && !OWN.includes(question.kind))
    .filter((question) => isSet(answers[question.id]) || asked.includes(question.id))
    .map((question) => ({
      id: question.id,
      title: question.title,
      part: question.part,
      text: readable(question, answers[question.id], names),
      travels: question.travels,
    }));
}

/** Parts that could point to her: answered, and marked so in the pack. */
export function marked(pack: Pack, answers: Answers): string[] {
  return counted(pack, answers).filter((id) => {
    const question = pack.questions[id]!;
    return question.marks && isSet(answers[id]) && !isUnknown(answers[id]);
  });
}

/** The answers that go in the report or the source sheet, with the wording that was asked. */
export function travelling(
  pack: Pack,
  answers: Answers,
  travels: "report" | "sheet",
  names: Names,
): JsonObject[] {
  const wishes = pointAnswers(pack, answers);
  return counted(pack, answers)
    .map((id) => pack.questions[id]!)
    .filter(
      (question) =>
        question.travels === travels && !OWN.includes(question.kind) && isSet(answers[question.id]),
    )
    .map((question) => ({
      id: question.id,
      question: question.title,
      value: coded(question, answers[question.id]!),
      text: readable(question, answers[question.id], names),
      ask_first: wishes[question.id] === "ask",
    }));
}

export function pointAnswers(pack: Pack, answers: Answers): Person {
  const point = Object.values(pack.questions).find((question) => question.kind === "point");
  const value = point === undefined ? undefined : answers[point.id];
  return value !== undefined && typeof value === "object" && !Array.isArray(value) ? (value as Person) : {};
}

/** The first question of a kind that applies to her. */
export function questionOf(pack: Pack, answers: Answers, kind: Question["kind"]): Question | undefined {
  const id = counted(pack, answers).find((one) => pack.questions[one]?.kind === kind);
  return id === undefined ? undefined : pack.questions[id];
}

/**
 * The same answers once more in the words she was asked in, where those are not the pack's own: handlers read the
 * pack's, and `asked` keeps what she saw.
 */
export function withAsked(own: readonly JsonObject[], asked: readonly JsonObject[]): JsonObject[] {
  return own.map((answer, index) => {
    const { question, text } = asked[index]!;
    return question === answer["question"] && text === answer["text"] ? answer : { ...answer, asked: { question: question!, text: text! } };
  });
}

function coded(question: Question, value: Value): Json {
  if (isUnknown(value)) return value as unknown as Json;
  if (question.kind === "text" || question.kind === "line") return null; // `text` says it
  if (question.kind !== "dates") return value as unknown as Json;
  return (value as readonly When[]).map((one) => ({ ...one, from: isoDate(one.from), to: isoDate(one.to) }));
}

function label(options: readonly Option[], id: string): string {
  return options.find((option) => option.id === id)?.label ?? id;
}

function labels(ids: readonly string[], known: ReadonlyMap<string, string>): string {
  return ids.map((id) => known.get(id) ?? id).join("; ");
}

function excluded(value: Exclusion, names: Names): string {
  const ticks = labels(value.unticked, names.members);
  const typed = value.typed.trim() === "" ? "" : names.typed(value.typed.trim());
  return [ticks, typed].filter((part) => part !== "").join("\n");
}

function whenText(one: When, options: readonly Option[], names: Names): string {
  const from = dateText(one.from, names);
  const to = dateText(one.to, names);
  const span = to === "" || from === "" ? from + to : names.to(from, to);
  return [label(options, one.how), span, one.words.trim()].filter((part) => part !== "").join(", ");
}

function formText(fields: readonly Field[], person: Person): string {
  return fields
    .map((field) => ({ field, said: person[field.id]?.trim() ?? "" }))
    .filter(({ said: words }) => words !== "")
    .map(
      ({ field, said: words }) =>
        `${field.label}: ${field.kind === "one" ? label(field.options, words) : words}`,
    )
    .join("\n");
}
