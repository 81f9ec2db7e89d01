// Days as people remember them: a day, a month, a season, a year. Pure.
import { FormatError } from "../lib/bytes.ts";

/** From its first to its last day, both `YYYY-MM-DD`; `words` as it was typed. */
export interface Rough {
  first: string;
  last: string;
  words: string;
}

const SEASONS: Readonly<Record<string, [number, number]>> = { spring: [3, 5], summer: [6, 8], autumn: [9, 11], winter: [12, 14] };

/** Reads `2026`, `2026-03`, `2026-03-14`, `winter 2025`, or two of them with `to` between. Throws FormatError. */
export function readRough(text: string): Rough {
  const words = text.trim().replace(/\s+/g, " ");
  const [from, until] = words.split(/\s+(?:to|until|-|–)\s+/i);
  const first = span(from ?? "")[0];
  const last = span(until ?? from ?? "")[1];
  if (last < first) throw new FormatError("This ends before it begins.");
  return { first, last, words };
}

function span(text: string): [string, string] {
  const season = /^(spring|summer|autumn|winter) (\d{4})$/i.exec(text);
  if (season !== null) return months(Number(season[2]), ...SEASONS[season[1]!.toLowerCase()]!);
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(text);
  if (parts === null) throw new FormatError("Write it as 2026, 2026-03, 2026-03-14 or winter 2025, or two of these with “to” between.");
  const [, year, month, day] = parts;
  if (month === undefined) return months(Number(year), 1, 12);
  if (day === undefined) return months(Number(year), Number(month), Number(month));
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || iso(date) !== text) throw new FormatError("There is no such day.");
  return [text, text];
}

// Months from 1; 13 and 14 are the first two of the next year.
function months(year: number, from: number, until: number): [string, string] {
  if (from < 1 || from > 12) throw new FormatError("There is no such month.");
  return [iso(new Date(Date.UTC(year, from - 1, 1))), iso(new Date(Date.UTC(year, until, 0)))];
}

function iso(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Days from one to the other. */
export function daysBetween(first: string, last: string): number {
  return Math.round((Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86_400_000);
}
