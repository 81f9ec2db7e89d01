// A case taken out: everything with its signatures and proofs, or a redacted bundle for somebody outside. No DOM.
//
// The source sheet is in neither. A redacted bundle holds no report and no message of the reporter either: the
// investigator's version stands for them.
import { openEnvelope } from "../lib/envelope.ts";
import { unb64 } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import { labelAndSalt } from "../lib/leaf.ts";
import type { Installation } from "../lib/promise.ts";
import { authorName } from "../desk/conversation.ts";
import type { OpenCase } from "../desk/opened.ts";
import { read } from "../desk/reading.ts";
import { MARKS, newest, readMarked, redact, SCHEDULE } from "./schedule.ts";
import type { Marked } from "./schedule.ts";
import { entriesOf } from "./structured.ts";
import { textsOf } from "./texts-of.ts";
import type { TextOf } from "./texts-of.ts";

export const CASE_FILE = "upstander/case-file/v2";

/** Kinds that never go into a redacted bundle, whatever is marked. */
const WALLED: readonly string[] = ["report", "sheet", "message"];
/** Forms of notes that are about the work on the bundle itself. */
const WORKING: readonly string[] = [SCHEDULE]; // evidence may be marked: it is what a request is about

/** The whole case: what was written, as it was signed, and what shows that nothing is left out. */
export async function wholeFile(open: OpenCase, installation: Installation): Promise<JsonObject> {
  const { answer } = open;
  const texts = new Map(textsOf(open).map((text) => [text.id, text]));
  const identities = open.identities.map(({ identity }) => identity);
  const items: Json[] = [];
  for (const listed of answer.envelopes) {
    const { id, order, kind, day, direction, epoch, sha256 } = listed;
    const text = texts.get(id);
    const facts = { id, order, kind, day, direction, epoch, sha256 };
    const statement = text === undefined ? "" : (await openEnvelope(unb64(listed.sealed), identities)).statement;
    items.push({ ...facts, statement, doubts: text?.doubts ?? [] });
  }
  const acts = answer.acts.map((act) => ({ ...act, salt: labelAndSalt(open.log, act.number).salt }));
  return {
    ...head(open),
    kind: "whole",
    installation: { ...installation },
    card: open.card.text,
    reporter: { ...answer.reporter },
    epochs: answer.epochs.map((one) => ({ ...one })),
    admits: [...answer.admits],
    items,
    files: filesOf(open),
    steps: answer.steps.map((one) => ({ ...one })),
    told: answer.told.map((one) => JSON.parse(JSON.stringify(one)) as Json),
    custody: custody(open),
    acts,
    records: [answer.record, ...answer.earlier].map((one) => JSON.parse(JSON.stringify(one)) as Json),
  };
}

/** Who could open the case, from when, as far as the case's own rows say. */
export function custody({ answer }: Pick<OpenCase, "answer">): JsonObject[] {
  return answer.holders.map(({ label, day, scope, departed }) => ({ label, since: day, scope, departed }));
}

function filesOf(open: OpenCase): Json[] {
  return open.judged.flatMap(({ envelope }) => (envelope === undefined ? [] : read(envelope.body).files)).map((one) => ({ ...one }));
}

function head(open: OpenCase): JsonObject {
  const { answer, card, me } = open;
  return {
    format: CASE_FILE,
    made: answer.today,
    by: authorOf(open, me.key),
    institution: card.name,
    case: { id: answer.case, received: answer.day, state: answer.state },
  };
}

function authorOf(open: OpenCase, key: string): string {
  return open.card.channels.flatMap(({ members }) => members).find((one) => one.key === key)?.label ?? authorName(open, key);
}

/** An item that could go into a redacted bundle, with its newest marks. */
export interface Offered {
  text: TextOf;
  marked: Marked | undefined;
}

/** Everything that may be marked: never the report, the sheet or a message. */
export function offered(open: OpenCase): Offered[] {
  const marks = newest(entriesOf(open, SCHEDULE, readMarked).entries);
  const working = new Set(open.answer.envelopes.filter((_, i) => WORKING.includes(String(open.judged[i]!.envelope?.body["format"]))).map(({ id }) => id));
  return textsOf(open)
    .filter(({ id, kind }) => !WALLED.includes(kind) && !working.has(id))
    .map((text) => ({ text, marked: marks.get(text.id)?.value }));
}

/**
 * The bundle: items marked relevant, without what was taken out; sensitive ones are listed without their text. What has
 * no marks stays out and is counted. Throws FormatError when a text is not the one that was redacted.
 */
export function redactedFile(open: OpenCase, purpose: string): JsonObject {
  const items = offered(open);
  const chosen = items.filter(({ marked }) => marked?.relevant === true);
  const { made, institution, format } = head(open);
  return {
    format: format!,
    made: made!,
    institution: institution!,
    kind: "redacted",
    purpose,
    items: chosen.map(({ text, marked }, index) => bundled(open, text, marked!, index + 1)),
    left_out: items.length - chosen.length,
  };
}

function bundled(open: OpenCase, text: TextOf, marked: Marked, number: number): JsonObject {
  const own = open.answer.envelopes.find(({ id }) => id === text.id)!.author;
  return {
    number,
    kind: text.kind,
    day: text.day,
    author: authorOf(open, own),
    text: marked.sensitive ? "" : redact(text.text, marked),
    marks: MARKS.filter((mark) => marked[mark]),
    shared: marked.shared.map((one) => ({ ...one })),
  };
}

/** How a file is called when it is saved: the case's short number and the day, nothing else. */
export function fileName(open: Pick<OpenCase, "answer">, kind: string): string {
  const { case: id, today } = open.answer;
  return `case-${id.slice(0, 3)}-${id.slice(3, 6)}-${kind}-${today}.age`;
}

