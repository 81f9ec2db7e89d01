// The response workspace: what each item of a case is for disclosure and subject access, and what is taken out of it. Pure.
import { FormatError, hash, utf8 } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { asCount, asDay, asFlag, asHash, asId, asList, asObject, asText, exactly } from "../lib/shape.ts";
import type { Noted } from "./structured.ts";

export const SCHEDULE = "upstander/schedule/v1";

export const MARKS = ["relevant", "sensitive", "undermines", "assists"] as const;
export type Mark = (typeof MARKS)[number];

/** What is taken out of a text: from `start` up to `end` in UTF-16 units, and why. */
export interface Redaction {
  start: number;
  end: number;
  why: string;
}

/** One item as it was last marked. `of` is the hash of the text that the redactions count in. */
export interface Marked extends Record<Mark, boolean> {
  item: string; // envelope id
  of: string;
  redactions: Redaction[];
  shared: { with: string; day: string }[];
}

/** What an item's text hashes to. */
export function textHash(text: string): string {
  return hash(utf8(text));
}

/** Reads an entry. Throws FormatError for what is not one. */
export function readMarked(entry: JsonObject): Marked {
  exactly(entry, ["item", "of", "redactions", "shared", ...MARKS]);
  const marks = Object.fromEntries(MARKS.map((mark) => [mark, asFlag(entry[mark])])) as Record<Mark, boolean>;
  return {
    ...marks,
    item: asId(entry["item"]),
    of: asHash(entry["of"]),
    redactions: asList(entry["redactions"]).map(readRedaction),
    shared: asList(entry["shared"]).map(readShared),
  };
}

function readRedaction(value: Json): Redaction {
  const { start, end, why } = exactly(asObject(value), ["start", "end", "why"]);
  const redaction = { start: asCount(start), end: asCount(end, 1), why: asText(why) };
  if (redaction.end <= redaction.start) throw new FormatError("A redaction ends before it begins.");
  return redaction;
}

function readShared(value: Json): { with: string; day: string } {
  const shared = exactly(asObject(value), ["day", "with"]);
  return { with: asText(shared["with"]), day: asDay(shared["day"]) };
}

/** The entry that is sealed for a marked item. */
export function entryOf(marked: Marked): JsonObject {
  const { redactions, shared, ...rest } = marked;
  return { ...rest, redactions: redactions.map((one) => ({ ...one })), shared: shared.map((one) => ({ ...one })) };
}

/** The newest marks of each item. Earlier ones stay in the case as notes: who marked what, and when. */
export function newest(entries: readonly Noted<Marked>[]): Map<string, Noted<Marked>> {
  return new Map(entries.map((entry) => [entry.value.item, entry]));
}

/**
 * The text without what is taken out. Where pieces touch or overlap they are one; how long each was does not show.
 * Throws FormatError when the redactions were made on another text, so that nothing slips through.
 */
export function redact(text: string, { of, redactions }: Pick<Marked, "of" | "redactions">): string {
  if (textHash(text) !== of) throw new FormatError("This text is not the one that was redacted. Mark it again.");
  let out = "";
  let at = 0;
  for (const { start, end, why } of merged(redactions)) {
    if (end > text.length) throw new FormatError("A redaction ends after the text.");
    out += `${text.slice(at, start)}[removed: ${why}]`;
    at = end;
  }
  return out + text.slice(at);
}

/** Redactions in order, touching ones joined, with all their reasons. */
export function merged(redactions: readonly Redaction[]): Redaction[] {
  const found: Redaction[] = [];
  for (const one of [...redactions].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = found.at(-1);
    if (last === undefined || one.start > last.end) found.push({ ...one });
    else {
      last.end = Math.max(last.end, one.end);
      if (!last.why.split("; ").includes(one.why)) last.why += `; ${one.why}`;
    }
  }
  return found;
}

/** What a note about the marks says in words. */
export function markedWords(name: string, marked: Marked): string {
  const marks = MARKS.filter((mark) => marked[mark]);
  const shared = marked.shared.map(({ with: whom, day }) => `Shared with ${whom} on ${day}.`);
  const removed = merged(marked.redactions).length;
  return [`Marked for disclosure: ${name}.`, marks.length === 0 ? "No marks." : `It is: ${marks.join(", ")}.`, `${removed} ${removed === 1 ? "part is" : "parts are"} removed from copies.`, ...shared].join("\n");
}
