// Builds what is posted for single acts (message, note, private record), with the promise each must be
// answered by.
import { Problem } from "./api.ts";
import { b64, FormatError, hash, newId } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import type { ReceiptKeys } from "./derive.ts";
import { sealEnvelope } from "./envelope.ts";
import type { Direction, EnvelopeKind, EnvelopeRole, FileEntry } from "./envelope.ts";
import type { Author } from "./grant.ts";
import { labelAndSalt } from "./leaf.ts";
import type { Act, LeafKind } from "./leaf.ts";
import { signStatement } from "./statement.ts";

/** `body` is sent, `act` is what `checkPromise` expects. */
export interface Built {
  body: JsonObject;
  act: Act;
}

/**
 * Where an act belongs: institution by its slug, day as `YYYY-MM-DD`, the case's log secret, the number the act
 * takes in its case. `answers` as in `Act`.
 */
export interface Place {
  institution: string;
  case: string;
  day: string;
  log: Uint8Array;
  number: number;
  answers?: number;
}

/** Who writes, and where in the conversation (`nextPlace` in judge.ts). `recipients` from `recipientsOf`. */
export interface Writing {
  author: Author;
  role: EnvelopeRole;
  counter: number;
  last: string;
  epoch: number;
  recipients: readonly string[];
}

export interface MessageInput extends Place, Writing {
  text: string;
  files: readonly FileEntry[];
  uploads: readonly { id: string; sealed: string }[]; // hash of the sealed bytes
  entry?: JsonObject; // an answer as values, beside its words
}

/** A message between reporter and desk. */
export async function buildMessage(input: MessageInput): Promise<Built> {
  const direction = input.role === "reporter" ? "to-desk" : "to-reporter";
  const said = { format: "upstander/message/v1", text: input.text, files: input.files };
  const body: JsonObject = input.entry === undefined ? said : { ...said, entry: input.entry };
  const { sent, sha256 } = await sealed("message", direction, input, body);
  const fields = {
    case: input.case,
    envelope: sha256,
    uploads: input.uploads.map((upload) => upload.sealed),
  };
  return built("message", input, fields, { envelope: sent, uploads: input.uploads.map(({ id }) => id) });
}

/** A note among handlers; with `entry`, one of a structured form (`format`) that has its text beside it. */
export async function buildNote(
  input: Place & Writing & { text: string; format?: string; entry?: JsonObject; kind?: "note" | "brief" | "work" },
): Promise<Built> {
  const { text, format = "upstander/note/v1", entry, kind = "note" } = input;
  const body: JsonObject = entry === undefined ? { format, text } : { format, text, entry };
  const { sent, sha256 } = await sealed(kind, "desk", input, body);
  return built(
    "note",
    input,
    { case: input.case, envelope: sha256, uploads: [] },
    { envelope: sent, uploads: [] },
  );
}

/** Notes of one act, each with the place after the one before, and what each hashes to. */
export async function sealNotes(input: Place & Writing, texts: readonly string[]): Promise<{ sent: JsonObject; sha256: string }[]> {
  const made: { sent: JsonObject; sha256: string }[] = [];
  for (const [index, text] of texts.entries()) {
    const body = { format: "upstander/note/v1", text };
    made.push(await sealed("note", "desk", { ...input, counter: input.counter + index }, body));
  }
  return made;
}

/** A use of the case's fingerprints (formats, section 15), and the note that holds what it is about. */
export interface UseInput extends Place, Writing {
  use: string;
  authority: string;
  document: string;
  text: string;
  attached: string; // the document itself, or empty
  basis?: JsonObject; // of a use `basis`
}

export async function buildUse(input: UseInput): Promise<Built> {
  const { use, authority, document, attached } = input;
  const note = { format: "upstander/note/v1", text: input.text, ...(attached !== "" && { document: attached }), ...(input.basis && { basis: input.basis }) };
  const { sent, sha256 } = await sealed("note", "desk", input, note);
  const fields = { authority, case: input.case, document, envelopes: [sha256], use };
  return built("bank", input, fields, { use, authority, document, envelope: sent });
}

export interface RecordInput extends Omit<Place, "log"> {
  keys: ReceiptKeys;
  counter: number; // 1, and one more each time the record is replaced
  expires: string; // the day on which it is deleted
  content: { answers: readonly JsonObject[]; pack: JsonObject; language: string; path: string };
}

/**
 * A private record: as posted for a new one; the replacement takes the same without case, mailbox and
 * reporter.
 */
export async function buildRecord(input: RecordInput): Promise<Built & { replacement: Built }> {
  const { keys } = input;
  const place = { ...input, log: keys.log };
  const writing: Writing = {
    author: { key: keys.key, signer: keys.signer },
    role: "reporter",
    counter: input.counter,
    last: "",
    epoch: 0,
    recipients: [keys.seal],
  };
  const body = { format: "upstander/record/v1", ...input.content };
  const { sent, sha256 } = await sealed("record", "self", { ...place, ...writing }, body);
  const fields = { case: input.case, envelopes: [sha256] };
  const made = built("record", place, fields, { envelope: sent, expires: input.expires });
  const owner = {
    case: input.case,
    mailbox: keys.mailbox,
    reporter: { seal: keys.seal, sign: keys.signer.sign },
  };
  return { body: { ...made.body, ...owner }, act: made.act, replacement: made };
}

/** Deletes a private record; `envelopes` are the hashes of what is deleted. */
export async function buildWithdraw(
  place: Place,
  signer: Author["signer"],
  envelopes: readonly string[],
): Promise<Built> {
  const statement = await signStatement("withdraw", { case: place.case, day: place.day }, signer);
  return built("withdraw", place, { case: place.case, envelopes }, { statement });
}

/** Takes back her fingerprints: `file` is the sealed file they lie in, by the hash of its sealed bytes. */
export async function buildTakeBack(
  place: Place,
  signer: Author["signer"],
  file: { id: string; sha256: string },
): Promise<Built> {
  const said = { case: place.case, day: place.day, upload: file.id };
  const statement = await signStatement("take-back", said, signer);
  const fields = { authority: "", case: place.case, document: file.sha256, envelopes: [], use: "withdrawn" };
  return built("bank", place, fields, { upload: file.id, sealed: file.sha256, statement });
}

/** The answer to a sign-in challenge: `subject` is a mailbox hash or a user name. */
export function loginStatement(
  challenge: string,
  subject: string,
  signer: Author["signer"],
): Promise<string> {
  return signStatement("login", { challenge, origin: location.origin, subject }, signer);
}

async function sealed(kind: EnvelopeKind, direction: Direction, input: Place & Writing, body: JsonObject) {
  const { author, role, counter, last, epoch, recipients, day } = input;
  const context = { author, role, counter, last, epoch, recipients, day, case: input.case };
  const bytes = await sealEnvelope({ ...context, kind, direction, body });
  return { sent: { id: newId(), kind, direction, epoch, sealed: b64(bytes) }, sha256: hash(bytes) };
}

function built(kind: LeafKind, place: Place, fields: JsonObject, content: JsonObject): Built {
  return numberedAct({ ...place, kind, fields }, content);
}

/** What is posted for an act with this content, under an id of its own. */
export function numberedAct(of: Omit<Act, "act">, content: JsonObject): Built {
  const act = newId();
  const { institution, kind, fields, log, number, answers = 0 } = of;
  return {
    body: { act, number, ...content, ...labelAndSalt(log, number) },
    act: { act, institution, kind, fields, log, number, answers },
  };
}

const TRIES = 5;

/**
 * Performs an act. While somebody else acts in the same case, again with the number that is free: what was sealed
 * and the act's id stay.
 */
export async function numbered<T>(built: Built, send: (body: JsonObject) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send(built.body);
    } catch (error) {
      if (tries >= TRIES || !(error instanceof Problem) || error.type !== "act-number") throw error;
      renumber(built, Number(error.body["next"]));
    }
  }
}

/** Gives an act the number that is free. Throws for one that it can't have. */
export function renumber(built: Built, number: number): void {
  const { act } = built;
  if (!Number.isSafeInteger(number) || number <= act.number)
    throw new FormatError("The server gives a number that this act can't have.");
  built.act = { ...act, number };
  built.body = { ...built.body, number, ...labelAndSalt(act.log, number) };
}
