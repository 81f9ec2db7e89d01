// Evidence of a case: sources and their grades, what is said to have happened, things and who has them. Pure.
import { FormatError } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { asDay, asId, asList, asOneOf, asText, exactly } from "../lib/shape.ts";
import { HANDLING, INFORMATION, isHearsay, SOURCES } from "./grading.ts";
import type { Grade, HandlingGrade, InformationGrade, SourceGrade } from "./grading.ts";
import type { Noted } from "./structured.ts";

export const EVIDENCE = "upstander/evidence/v1";

/** Somebody or something that tells. `via`: the source it comes from, where this one only passes it on. */
export interface Source extends Grade {
  what: "source";
  id: string;
  name: string;
  via: string;
}

/** Something that is said to have happened. `conduct`: the course of conduct it belongs to, or nothing. */
export interface Incident {
  what: "incident";
  id: string;
  words: string;
  first: string;
  last: string;
  when: string; // as it was remembered
  conduct: string;
  sources: string[];
}

/** A thing that is kept: a phone, a statement, a print of a log. */
export interface Thing {
  what: "thing";
  id: string;
  name: string;
  from: string; // source id, or nothing
  holder: string;
  day: string;
}

/** A thing goes from one hand to the next. */
export interface Move {
  what: "move";
  of: string; // thing id
  from: string;
  to: string;
  day: string;
  why: string;
}

export type Entry = Source | Incident | Thing | Move;

/** Reads an entry. Throws FormatError for what is not one. */
export function readEntry(entry: JsonObject): Entry {
  const what = asOneOf(entry["what"], ["source", "incident", "thing", "move"] as const);
  if (what === "source") {
    exactly(entry, ["what", "id", "name", "via", "source", "information", "handling"]);
    return {
      what,
      id: asId(entry["id"]),
      name: asText(entry["name"]),
      via: asText(entry["via"]),
      source: asOneOf(entry["source"], Object.keys(SOURCES) as SourceGrade[]),
      information: asOneOf(entry["information"], Object.keys(INFORMATION) as InformationGrade[]),
      handling: asOneOf(entry["handling"], Object.keys(HANDLING) as HandlingGrade[]),
    };
  }
  if (what === "incident") {
    exactly(entry, ["what", "id", "words", "first", "last", "when", "conduct", "sources"]);
    const [first, last] = [asDay(entry["first"]), asDay(entry["last"])];
    if (last < first) throw new FormatError("An incident ends before it begins.");
    const texts = { words: asText(entry["words"]), when: asText(entry["when"]), conduct: asText(entry["conduct"]) };
    return { what, id: asId(entry["id"]), first, last, ...texts, sources: asList(entry["sources"]).map(asId) };
  }
  if (what === "thing") {
    exactly(entry, ["what", "id", "name", "from", "holder", "day"]);
    return { what, id: asId(entry["id"]), name: asText(entry["name"]), from: asText(entry["from"]), holder: asText(entry["holder"]), day: asDay(entry["day"]) };
  }
  exactly(entry, ["what", "of", "from", "to", "day", "why"]);
  return { what, of: asId(entry["of"]), from: asText(entry["from"]), to: asText(entry["to"]), day: asDay(entry["day"]), why: asText(entry["why"]) };
}

/** Everything noted, by its kind. The newest entry of a source or incident with the same id counts. */
export interface Register {
  sources: Map<string, Source>;
  incidents: Incident[]; // by their first day
  things: { thing: Thing; moves: Noted<Move>[] }[];
}

export function register(entries: readonly Noted<Entry>[]): Register {
  const sources = new Map<string, Source>();
  const incidents = new Map<string, Incident>();
  const things = new Map<string, { thing: Thing; moves: Noted<Move>[] }>();
  for (const noted of entries) {
    const { value } = noted;
    if (value.what === "source") sources.set(value.id, value);
    else if (value.what === "incident") incidents.set(value.id, value);
    else if (value.what === "thing") things.set(value.id, things.get(value.id) ?? { thing: value, moves: [] });
    else things.get(value.of)?.moves.push({ ...noted, value });
  }
  const inOrder = [...incidents.values()].sort((a, b) => (a.first === b.first ? (a.last < b.last ? -1 : 1) : a.first < b.first ? -1 : 1));
  return { sources, incidents: inOrder, things: [...things.values()] };
}

/** Where a source's knowledge comes from in the end. One that leads back to itself is its own origin. */
export function originOf(id: string, sources: ReadonlyMap<string, Source>): string {
  const met = new Set<string>();
  let at = id;
  for (let via = sources.get(at)?.via ?? ""; via !== "" && sources.has(via) && !met.has(via); via = sources.get(at)?.via ?? "") {
    met.add(at);
    at = via;
  }
  return met.has(sources.get(at)?.via ?? "") ? [...met, at].sort()[0]! : at;
}

/** What stands behind an incident: different origins that know it directly, and all origins. One source counts once. */
export function weight(incident: Pick<Incident, "sources">, sources: ReadonlyMap<string, Source>): { direct: number; all: number; hearsay: number } {
  const known = incident.sources.filter((id) => sources.has(id));
  const direct = new Set(known.filter((id) => !isHearsay(sources.get(id)!) && sources.get(id)!.via === "").map((id) => originOf(id, sources)));
  const all = new Set(known.map((id) => originOf(id, sources)));
  const hearsay = known.filter((id) => isHearsay(sources.get(id)!) || sources.get(id)!.via !== "").length;
  return { direct: direct.size, all: all.size, hearsay };
}

/** Who has a thing now, and where its way has a gap: a move from somebody who did not have it, or before the one before. */
export function custodyOf(thing: Thing, moves: readonly Noted<Move>[]): { holder: string; gaps: string[] } {
  const gaps: string[] = [];
  let { holder, day } = thing;
  for (const { value: move } of moves) {
    if (move.from !== holder) gaps.push(`On ${move.day} it came from ${move.from}; the register says that ${holder} had it.`);
    if (move.day < day) gaps.push(`The move of ${move.day} was noted after one of ${day}.`);
    holder = move.to;
    day = move.day;
  }
  return { holder, gaps };
}

/** Incidents by their course of conduct, each as one from its first day to its last; the others one by one. */
export function conducts(incidents: readonly Incident[]): { name: string; first: string; last: string; incidents: Incident[] }[] {
  const found = new Map<string, Incident[]>();
  for (const one of incidents) {
    const name = one.conduct === "" ? `\u0000${one.id}` : one.conduct;
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return [...found.entries()].map(([name, parts]) => ({
    name: name.startsWith("\u0000") ? "" : name,
    first: parts.map(({ first }) => first).sort()[0]!,
    last: parts.map(({ last }) => last).sort().at(-1)!,
    incidents: parts,
  }));
}
