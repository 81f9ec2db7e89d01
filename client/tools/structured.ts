// Notes of a structured form: a text for people, and beside it an entry that this page can work with. No DOM.
import { FormatError } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { asObject } from "../lib/shape.ts";
import type { OpenCase } from "../desk/opened.ts";

/** An entry with where it comes from. `id` is the note's. */
export interface Noted<T> {
  id: string;
  author: string; // key id
  day: string;
  value: T;
}

/** All entries of one form, oldest first. Notes with faults, and entries that cannot be read, are only counted. */
export function entriesOf<T>(open: OpenCase, format: string, read: (entry: JsonObject) => T): { entries: Noted<T>[]; unread: number } {
  const entries: Noted<T>[] = [];
  let unread = 0;
  open.answer.envelopes.forEach(({ id }, index) => {
    const { envelope, faults } = open.judged[index]!;
    if (envelope === undefined || !["note", "work"].includes(envelope.kind) || envelope.body["format"] !== format) return;
    try {
      if (faults.length > 0) throw new FormatError("There is something wrong with this note.");
      entries.push({ id, author: envelope.author, day: envelope.day, value: read(asObject(envelope.body["entry"])) });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      unread += 1;
    }
  });
  return { entries, unread };
}
