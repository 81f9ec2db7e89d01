// A case as this handler can open it: grants, epochs and envelopes, each checked against the card. No DOM.
import { equal, FormatError, unb64 } from "../lib/bytes.ts";
import { knownHandlers } from "../lib/card.ts";
import type { Card } from "../lib/card.ts";
import type { Watching } from "../lib/check-ins.ts";
import { checkEpochs, openGrant, reporterKnown } from "../lib/grant.ts";
import type { Author, Epochs, Grant, KnownKeys, ListedEpoch, ReporterKeys, Scope } from "../lib/grant.ts";
import { judge } from "../lib/judge.ts";
import type { Identity, Judged } from "../lib/judge.ts";
import { nextNumber } from "../lib/record-acts.ts";
import type { ActRow } from "../lib/record-acts.ts";
import type { RecordRow } from "../lib/record-check.ts";
import type { Signer } from "../lib/statement.ts";

/** What this module needs of the keyring. */
export interface Keys {
  readonly key: string;
  open(sealed: Uint8Array): Promise<Uint8Array>;
  signer(): Signer;
}

export interface AnsweredEnvelope {
  id: string;
  order: number;
  kind: string;
  direction: string;
  epoch: number;
  author: string;
  day: string;
  sha256: string;
  sealed: string;
}

export interface AnsweredGrant {
  id: string;
  scope: Scope;
  epoch: number;
  key: string;
  channel: string; // of a custodian's grant
  sealed?: string | null;
}

export interface AllowedStep {
  step: string;
  label: string;
  needs: string[];
  to: string;
}

/** The answer of `GET /api/v1/desk/cases/<id>`. */
export interface ToldRow {
  item: string;
  who: string;
  reporter: boolean;
  known: boolean;
  last: string;
  due: { what: string; day: string }[];
  told: { day: string; what: string; how: string; by: string; again: string; words: string }[];
}

export interface CaseAnswer {
  case: string;
  state: string;
  day: string;
  today: string;
  version: number;
  urgent: boolean;
  reporter: ReporterKeys;
  epochs: ListedEpoch[];
  admits: string[];
  envelopes: AnsweredEnvelope[];
  declare: string[]; // what she has to answer first; until then there is little else
  steps: { order: number; kind: string; label: string; outcome: string; day: string; by: string; upload: string }[];
  holders: { key: string; person: string; label: string; day: string; scope: Scope; departed: boolean }[];
  due: { kind: string; day: string }[];
  uploads: { id: string; size: number; sealed_off: boolean }[];
  grants: AnsweredGrant[];
  excluded: { key: string; label: string }[];
  candidates: { key: string; label: string; seal: string; channel: string }[];
  allowed: AllowedStep[];
  outcomes: { id: string; label: string; help: string }[];
  watch: Watching;
  told: ToldRow[]; // each person harmed: codes and days, the words sealed in notes
  acts: ActRow[];
  record: RecordRow;
  earlier: RecordRow[];
}

export interface OpenCase {
  readonly answer: CaseAnswer;
  readonly card: Card;
  readonly me: Author;
  readonly known: KnownKeys;
  readonly epochs: Epochs;
  readonly log: Uint8Array;
  readonly identities: readonly Identity[];
  readonly judged: readonly Judged[]; // one for each envelope of the answer, in its order
  readonly next: number; // of the next act in this case
  readonly answers: number; // number of the report's own act
}

/** Opens everything but the source sheet. Throws when grants or epochs are not what they have to be. */
export async function openCase(answer: CaseAnswer, card: Card, keys: Keys): Promise<OpenCase> {
  const known = knownKeys(answer, card);
  const epochs = checkEpochs(answer.epochs, answer.admits, answer.case, known);
  const grants = await openGrants(answer, known, epochs, keys, "case");
  const log = oneLog(grants);
  const briefs = hasGrant(answer, keys.key, "brief") ? await openGrants(answer, known, epochs, keys, "brief") : [];
  const identities = [...grants, ...briefs].map(({ identity, scope, epoch }) => ({ identity, scope, epoch }));
  const judged = await judgeAll(answer, known, epochs, identities);
  const me = { key: keys.key, signer: keys.signer() };
  return { answer, card, me, known, epochs, log, identities, judged, ...numbers(answer.acts) };
}

/** The same case with the source sheet open too. Throws when this handler has no grant for it. */
export async function openSheet(open: OpenCase, keys: Keys): Promise<OpenCase> {
  const grants = await openGrants(open.answer, open.known, open.epochs, keys, "sheet");
  const identities = [...open.identities, ...grants.map(({ identity, scope, epoch }) => ({ identity, scope, epoch }))];
  return { ...open, identities, judged: await judgeAll(open.answer, open.known, open.epochs, identities) };
}

/** Whether this handler was given the source sheet. */
export function holdsSheet(answer: CaseAnswer, key: string): boolean {
  return hasGrant(answer, key, "sheet");
}

/** The same case for somebody who holds nothing but the investigator's version. */
export async function openBrief(answer: CaseAnswer, next: number, card: Card, keys: Keys): Promise<OpenCase> {
  const known = knownKeys(answer, card);
  const epochs = checkEpochs(answer.epochs, answer.admits, answer.case, known);
  const grants = await openGrants(answer, known, epochs, keys, "brief");
  const identities = grants.map(({ identity, scope, epoch }) => ({ identity, scope, epoch }));
  const judged = await judgeAll(answer, known, epochs, identities);
  const me = { key: keys.key, signer: keys.signer() };
  return { answer, card, me, known, epochs, log: oneLog(grants), identities, judged, next, answers: 0 };
}

function hasGrant(answer: CaseAnswer, key: string, scope: Scope): boolean {
  return answer.grants.some((grant) => grant.scope === scope && grant.key === key && isThere(grant.sealed));
}

function knownKeys(answer: CaseAnswer, card: Card): KnownKeys {
  const known = new Map(knownHandlers(card));
  const [key, reporter] = reporterKnown(answer.reporter);
  if (known.has(key)) throw new FormatError("The reporter's key is also a handler's.");
  return known.set(key, reporter);
}

// A grant can be signed and still carry a wrong key: openGrant holds it against its epoch's recipient.
async function openGrants(
  answer: CaseAnswer,
  known: KnownKeys,
  epochs: Epochs,
  keys: Keys,
  scope: Scope,
): Promise<Grant[]> {
  const mine = answer.grants.filter((grant) => grant.scope === scope && grant.key === keys.key);
  const opened: Grant[] = [];
  for (const { sealed, epoch } of mine) {
    const recipient = epochs[scope].get(epoch);
    if (!isThere(sealed)) continue;
    if (recipient === undefined) throw new FormatError("A grant names a key that this case never had.");
    const expected = { case: answer.case, to: keys.key, scope, epoch, recipient, reporter: answer.reporter, known };
    opened.push(await openGrant(unb64(sealed), (bytes) => keys.open(bytes), expected));
  }
  if (opened.length === 0) throw new FormatError("There is no grant here for the key that is open.");
  return opened;
}

function oneLog(grants: readonly Grant[]): Uint8Array {
  const first = grants[0]!.log;
  if (grants.some(({ log }) => !equal(log, first))) throw new FormatError("The grants do not agree on the case.");
  return first;
}

/** Numbers that acts of this case need: the next one, and the report's, which a first answer names. */
export function numbers(acts: readonly ActRow[]): Pick<OpenCase, "next" | "answers"> {
  return { next: nextNumber(acts), answers: acts.find(({ shown }) => shown === "received")?.number ?? 0 };
}

function isThere(sealed: string | null | undefined): sealed is string {
  return sealed !== undefined && sealed !== null;
}

function judgeAll(
  answer: CaseAnswer,
  known: KnownKeys,
  epochs: Epochs,
  identities: readonly Identity[],
): Promise<Judged[]> {
  const listed = answer.envelopes.map((one) => ({ ...one, sealed: unb64(one.sealed) }));
  return judge(listed, { case: answer.case, known, epochs, reporter: answer.reporter.seal, identities });
}
