// Whom a report is about, for keepers: what was typed about each person as identifiers, written one way.
import { identifier, IdentifierError } from "../lib/identifiers.ts";
import type { Person } from "./flow.ts";
import type { Key } from "./texts.ts";

/** What cannot be compared as it was typed. `field` is the box to look at. */
export interface Unclear {
  field: string;
  text: Key;
}

interface Form {
  kind: string;
  boxes: Readonly<Record<string, string>>; // of the identifier's fields, the box each is typed in
  by: string; // the box that says that she gave one
  incomplete: Key;
}

const FORMS: readonly Form[] = [
  { kind: "warrant", boxes: { number: "warrant", force: "force" }, by: "warrant", incomplete: "named.nothing" },
  {
    kind: "collar",
    boxes: { number: "collar", force: "force", surname: "surname" },
    by: "collar",
    incomplete: "named.collar",
  },
  { kind: "email", boxes: { address: "email" }, by: "email", incomplete: "named.nothing" },
  { kind: "phone", boxes: { number: "phone" }, by: "phone", incomplete: "named.nothing" },
  { kind: "handle", boxes: { name: "handle", network: "network" }, by: "handle", incomplete: "named.handle" },
  {
    kind: "name",
    boxes: { first: "first", surname: "surname", force: "force", station: "station" },
    by: "namesake",
    incomplete: "named.name",
  },
];

/**
 * Identifiers of one person as keepers are asked about them, each once, and what is unclear. A warrant number is one of the
 * force whose page this is (`home`), unless she gives another.
 */
export function identifiersOf(person: Person, home: string): { written: string[]; unclear: Unclear[] } {
  const written = new Set<string>();
  const unclear: Unclear[] = [];
  for (const { kind, boxes, by, incomplete } of FORMS) {
    const given = person[by] ?? "";
    if (given === "" || (by === "namesake" && given !== "yes")) continue;
    const typed = (box: string): string => (kind === "warrant" && box === "force" && !person[box] ? home : (person[box] ?? ""));
    const fields = Object.fromEntries(Object.entries(boxes).map(([name, box]) => [name, typed(box)]));
    const empty = Object.values(boxes).find((box) => typed(box) === "");
    if (empty !== undefined) unclear.push({ field: empty, text: incomplete });
    else
      try {
        written.add(identifier(kind, fields));
      } catch (error) {
        if (!(error instanceof IdentifierError)) throw error;
        unclear.push({ field: boxes[error.field] ?? by, text: `named.${error.why}` });
      }
  }
  return { written: [...written], unclear };
}

/** How she will know this person again, on her own pages only. */
export function nameOf(person: Person): string {
  const { first = "", surname = "", warrant = "", collar = "", email = "", phone = "", handle = "" } = person;
  return [[first, surname].filter(Boolean).join(" "), warrant, collar, email, phone, handle].filter(Boolean).join(", ");
}
