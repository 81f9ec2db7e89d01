// Envelopes: everything a person writes, signed inside the seal (formats, section 4).
import { open as openAge, seal as sealAge } from "./age.ts";
import { fingerprint, FormatError, isHash, text, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import type { Author, KnownKeys } from "./grant.ts";
import { pad } from "./padding.ts";
import { asCount, asDay, asId, asObject, asOneOf, asSortedTexts, asText, exactly } from "./shape.ts";
import { peekStatement, signStatement, verifyStatement } from "./statement.ts";

export type EnvelopeKind = "report" | "sheet" | "message" | "note" | "record" | "brief" | "work";
export type EnvelopeRole = "reporter" | "handler";
export type Direction = "to-desk" | "to-reporter" | "desk" | "self";

const KINDS: readonly EnvelopeKind[] = ["report", "sheet", "message", "note", "record", "brief", "work"];
const ROLES: readonly EnvelopeRole[] = ["reporter", "handler"];
const DIRECTIONS: readonly Direction[] = ["to-desk", "to-reporter", "desk", "self"];
const FIELDS = [
  "author",
  "body",
  "case",
  "counter",
  "day",
  "direction",
  "epoch",
  "kind",
  "last",
  "recipients",
  "role",
];

/** Who may write what in which direction. */
const ALLOWED: ReadonlySet<string> = new Set([
  "report reporter to-desk",
  "sheet reporter to-desk",
  "message reporter to-desk",
  "message handler to-reporter",
  "note handler desk",
  "record reporter self",
  "brief handler desk",
  "work handler desk",
]);

/** What an envelope says, its signature checked or not as the function that returned it states. */
export interface EnvelopeBody {
  author: string;
  body: JsonObject;
  case: string;
  counter: number;
  day: string;
  direction: Direction;
  epoch: number;
  kind: EnvelopeKind;
  last: string;
  recipients: string[];
  role: EnvelopeRole;
}

export interface NewEnvelope {
  author: Author;
  body: JsonObject;
  case: string;
  counter: number;
  day: string;
  direction: Direction;
  epoch: number;
  kind: EnvelopeKind;
  last: string;
  recipients: readonly string[]; // age recipients
  role: EnvelopeRole;
}

/** An attached file, as the envelope that brings it names it. Sizes in bytes. */
export interface FileEntry {
  [key: string]: string | number | boolean;
  id: string;
  name: string;
  type: string;
  size: number;
  sha256: string;
  original: string;
  stripped: boolean;
  what: string;
}

/** Signs, pads and seals. */
export async function sealEnvelope(envelope: NewEnvelope): Promise<Bytes> {
  const body = {
    author: envelope.author.key,
    body: envelope.body,
    case: envelope.case,
    counter: envelope.counter,
    day: envelope.day,
    direction: envelope.direction,
    epoch: envelope.epoch,
    kind: envelope.kind,
    last: envelope.last,
    recipients: envelope.recipients.map(fingerprint).sort(),
    role: envelope.role,
  };
  readFields(body);
  const statement = await signStatement("envelope", body, envelope.author.signer);
  return sealAge(pad(utf8(statement)), envelope.recipients);
}

export interface Opened {
  envelope: EnvelopeBody;
  statement: string;
}

/** Opens and reads an envelope. The signature is NOT checked yet: `verifyEnvelope` and `judge` do. */
export async function openEnvelope(
  sealed: Uint8Array,
  identities: string | readonly string[],
): Promise<Opened> {
  const padded = await openAge(sealed, identities);
  const statement = text(unpadded(padded));
  return { statement, envelope: readFields(peekStatement(statement, "envelope")) };
}

/** The envelope, if it is signed by its author, who is known and may write such a thing. */
export function verifyEnvelope({ envelope, statement }: Opened, known: KnownKeys): EnvelopeBody {
  const author = known.get(envelope.author);
  if (author === undefined) throw new FormatError("The author is not known.");
  if (author.role !== envelope.role) throw new FormatError("The author is not what the envelope says.");
  verifyStatement(statement, "envelope", author.sign);
  return envelope;
}

function unpadded(padded: Uint8Array): Uint8Array {
  const end = padded.indexOf(0);
  const content = end < 0 ? padded : padded.subarray(0, end);
  if (end >= 0 && padded.subarray(end).some((byte) => byte !== 0))
    throw new FormatError("The padding is not empty.");
  if (pad(content).length !== padded.length) throw new FormatError("The padding has the wrong length.");
  return content;
}

function readFields(body: JsonObject): EnvelopeBody {
  exactly(body, FIELDS);
  const envelope: EnvelopeBody = {
    author: asId(body["author"]),
    body: asObject(body["body"]),
    case: asId(body["case"]),
    counter: asCount(body["counter"], 1),
    day: asDay(body["day"]),
    direction: asOneOf(body["direction"], DIRECTIONS),
    epoch: asCount(body["epoch"]),
    kind: asOneOf(body["kind"], KINDS),
    last: asText(body["last"]),
    recipients: asSortedTexts(body["recipients"]),
    role: asOneOf(body["role"], ROLES),
  };
  if (envelope.last !== "" && !isHash(envelope.last)) throw new FormatError("Expected a hash or nothing.");
  if (!ALLOWED.has(`${envelope.kind} ${envelope.role} ${envelope.direction}`)) {
    throw new FormatError("This author may not write this in this direction.");
  }
  return envelope;
}
