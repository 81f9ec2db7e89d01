// A list as other programs write it: comma, semicolon or tab between cells, quotes round some (RFC 4180). Pure.
import { FormatError } from "../lib/bytes.ts";

/** Rows by column name, and where the columns stand. Empty rows are left out. Throws FormatError for no list at all. */
export function readTable(text: string): { columns: string[]; rows: string[][] } {
  const plain = text.replace(/^\uFEFF/, "");
  const first = plain.slice(0, plain.indexOf("\n") < 0 ? plain.length : plain.indexOf("\n"));
  const mark = [",", ";", "\t"].map((one) => ({ one, times: first.split(one).length })).sort((a, b) => b.times - a.times)[0]!.one;
  const rows = cells(plain, mark).filter((row) => row.some((cell) => cell.trim() !== ""));
  const [columns, ...rest] = rows;
  if (columns === undefined || columns.length < 2) throw new FormatError("This is not a list with a heading for each column. Save it as CSV and try again.");
  return { columns: columns.map((one) => one.trim()), rows: rest.map((row) => columns.map((_, index) => (row[index] ?? "").trim())) };
}

function cells(text: string, mark: string): string[][] {
  const rows: string[][] = [[]];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell.trim() === "") {
      cell = "";
      quoted = true;
    } else if (letter === mark || letter === "\n") {
      rows.at(-1)!.push(cell.replace(/\r$/, ""));
      cell = "";
      if (letter === "\n") rows.push([]);
    } else cell += letter;
  }
  if (quoted) throw new FormatError("A quotation mark in this list is never closed. Save it again and try once more.");
  rows.at(-1)!.push(cell.replace(/\r$/, ""));
  return rows;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** A day as lists write it: 2026-03-14, 14/03/2026, 14.3.2026, 14 March 2026, with or without a time. "" if it is none. */
export function dayOf(text: string): string {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  if (iso !== null) return made(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const short = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/.exec(text);
  if (short !== null) return made(Number(short[3]), Number(short[2]), Number(short[1]));
  const long = /^(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3})[A-Za-z]*[ -](\d{4})/.exec(text);
  return long === null ? "" : made(Number(long[3]), MONTHS.indexOf(long[2]!.toLowerCase()) + 1, Number(long[1]));
}

function made(year: number, month: number, day: number): string {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month > 0 ? date.toISOString().slice(0, 10) : "";
}
