// Seals a whole report: envelopes, epochs, grants and leaf, as the API takes it.
import { newIdentity, recipientOf } from "./age.ts";
import { b64, FormatError, hash, newId } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { activeMembers, samePeople } from "./card.ts";
import type { Card, Channel } from "./card.ts";
import type { ReceiptKeys } from "./derive.ts";
import { sealEnvelope } from "./envelope.ts";
import type { EnvelopeKind, FileEntry } from "./envelope.ts";
import { makeEpoch, makeGrant } from "./grant.ts";
import type { Author, Scope } from "./grant.ts";
import { labelAndSalt } from "./leaf.ts";
import type { Act } from "./leaf.ts";

/** One question as it was asked, and its answer: coded, and as it reads. */
export interface Answer {
  [key: string]: Json;
  id: string;
  question: string;
  value: Json;
  text: string;
  ask_first: boolean;
}

/** What the reporter says. `sheet` is kept apart: it could identify her. */
export interface Account {
  answers: readonly Answer[];
  sheet: readonly Answer[];
  files: readonly FileEntry[];
  /** The sealed file with the fingerprints of her own pictures; a report without any does not have the field. */
  prints?: { id: string; sha256: string; size: number } | undefined;
  /** Kinds of the identifiers a pledge carries, each with its label (`linkOf`); only where the report is held. */
  named?: readonly { kind: string; link: string }[];
  language: string;
  wishes: JsonObject;
}

/** Made before the first file is uploaded, and kept until the report is received: files are sealed to it. */
export interface NewCase {
  id: string;
  identity: string;
  recipient: string;
  sheetIdentity: string;
  sheetRecipient: string;
}

export type SealingStep = "report" | "sheet" | "keys" | "grants" | "done";

export interface SubmissionInput {
  card: Card;
  keys: ReceiptKeys;
  new_case: NewCase;
  channels: readonly string[]; // channel ids
  excluded: readonly string[]; // key ids; other keys under the same label are shut out with them
  account: Account;
  uploads: readonly { id: string; sealed: string }[]; // hash of the sealed bytes
  urgent: boolean;
  day: string;
  number?: number; // of the act in its case: 1, or more where a private record becomes a report
  onProgress?: (step: SealingStep, done: number, whole: number) => void;
}

/**
 * `body` is posted, `act` is what `checkPromise` expects, `holders` are the keys of the people who can open
 * it.
 */
export interface Submission {
  body: JsonObject;
  act: Act;
  holders: string[];
}

const FRAME = 30; // milliseconds without a new picture that nobody minds

/** A fresh case. A private record that becomes a report keeps its case id. */
export async function newCase(id: string = newId()): Promise<NewCase> {
  const [identity, sheetIdentity] = [await newIdentity(), await newIdentity()];
  const [recipient, sheetRecipient] = [await recipientOf(identity), await recipientOf(sheetIdentity)];
  return { id, identity, recipient, sheetIdentity, sheetRecipient };
}

/**
 * Seals everything. After `card-changed` call it again with the new card and the same case: the act is a new
 * one.
 */
export async function buildSubmission(asked: SubmissionInput): Promise<Submission> {
  const input = { ...asked, excluded: samePeople(asked.card, asked.excluded) };
  const { card, keys, new_case: theCase, onProgress } = input;
  const channels = chosenChannels(card, input.channels);
  const scopes: Scope[] = input.account.sheet.length > 0 ? ["case", "sheet"] : ["case"];
  const people = recipientsOfGrants(channels, scopes, input.excluded);
  const holders = [...new Set(people.filter(({ isPerson }) => isPerson).map(({ key }) => key))];
  const whole = people.length + 2 * scopes.length;
  let done = 0;
  let painted = 0;
  const step = async (name: SealingStep): Promise<void> => {
    onProgress?.(name, name === "done" ? whole : done++, whole);
    if (performance.now() - painted < FRAME) return;
    await new Promise((resolve) => setTimeout(resolve)); // lets the page paint
    painted = performance.now();
  };

  const envelopes: { kind: EnvelopeKind; sealed: Bytes }[] = [];
  for (const scope of scopes) {
    await step(scope === "case" ? "report" : "sheet");
    envelopes.push(await sealScope(scope, input));
  }
  const epochs: string[] = [];
  for (const scope of scopes) {
    await step("keys");
    const key = { by: author(keys), case: theCase.id, day: input.day, epoch: 1, previous: "", scope };
    const to = people.filter((one) => one.scope === scope).map((one) => one.key);
    epochs.push(await makeEpoch({ ...key, identity: identityIn(theCase, scope), holders: to }));
  }
  const grants: { scope: Scope; to: string; sealed: Bytes }[] = [];
  for (const { scope, key, seal } of people) {
    await step("grants");
    grants.push({ scope, to: key, sealed: await grantTo({ key, seal }, scope, input) });
  }
  await step("done");

  const act = describe(input, envelopes.map(sealedHash), grants.map(sealedHash));
  const body = {
    act: act.act,
    number: act.number,
    card: card.sha256,
    case: theCase.id,
    channels: [...input.channels],
    mailbox: keys.mailbox,
    reporter: { seal: keys.seal, sign: keys.signer.sign },
    epochs,
    recipients: { case: theCase.recipient, sheet: scopes.includes("sheet") ? theCase.sheetRecipient : "" },
    envelopes: envelopes.map(({ kind, sealed }) => ({ ...place(kind), sealed: b64(sealed) })),
    grants: grants.map(({ scope, to, sealed }) => ({ scope, epoch: 1, to, sealed: b64(sealed) })),
    excluded: [...input.excluded],
    uploads: input.uploads.map(({ id }) => id),
    urgent: input.urgent,
    ...labelAndSalt(keys.log, act.number),
    work: "",
  };
  return { body, act, holders };
}

function chosenChannels(card: Card, ids: readonly string[]): Channel[] {
  const channels = card.channels.filter(({ id }) => ids.includes(id));
  if (channels.length === 0 || channels.length !== ids.length)
    throw new FormatError("Choose who receives the report.");
  return channels;
}

interface Receiver {
  scope: Scope;
  key: string;
  seal: string;
  isPerson: boolean;
}

/**
 * Everybody a grant is made for: members who are not shut out, and the custodians; each key once in each
 * scope.
 */
function recipientsOfGrants(
  channels: readonly Channel[],
  scopes: readonly Scope[],
  excluded: readonly string[],
): Receiver[] {
  const found = new Map<string, Receiver>();
  for (const scope of scopes) {
    for (const channel of channels) {
      const members = activeMembers(channel).filter(
        ({ key, sheet }) => !excluded.includes(key) && (scope === "case" || sheet),
      );
      for (const { key, seal } of members) found.set(`${scope} ${key}`, { scope, key, seal, isPerson: true });
      const { key, seal } = channel.custodian;
      found.set(`${scope} ${key}`, { scope, key, seal, isPerson: false });
    }
  }
  return [...found.values()];
}

async function sealScope(
  scope: Scope,
  input: SubmissionInput,
): Promise<{ kind: EnvelopeKind; sealed: Bytes }> {
  const { account, card, keys, new_case: theCase, day } = input;
  const kind = scope === "case" ? "report" : "sheet";
  const report = {
    format: "upstander/report/v1",
    answers: account.answers,
    card: card.sha256,
    excluded: input.excluded,
    files: account.files,
    ...((account.named ?? []).length > 0 && { named: account.named as unknown as Json }),
    ...(account.prints !== undefined && { prints: { ...account.prints } }),
    language: account.language,
    pack: { ...card.pack },
    wishes: account.wishes,
  };
  const body: JsonObject =
    scope === "case" ? report : { format: "upstander/sheet/v1", answers: account.sheet };
  const { direction, epoch } = place(kind);
  const recipients = [recipientIn(theCase, scope)];
  const context = {
    author: author(keys),
    role: "reporter" as const,
    case: theCase.id,
    counter: 1,
    day,
    last: "",
  };
  return { kind, sealed: await sealEnvelope({ ...context, kind, direction, epoch, body, recipients }) };
}

function grantTo(to: { key: string; seal: string }, scope: Scope, input: SubmissionInput): Promise<Bytes> {
  const { keys, new_case: theCase, day } = input;
  return makeGrant({
    by: author(keys),
    role: "reporter",
    case: theCase.id,
    day,
    epoch: 1,
    identity: identityIn(theCase, scope),
    log: keys.log,
    reporter: { seal: keys.seal, sign: keys.signer.sign },
    scope,
    to,
  });
}

function describe(input: SubmissionInput, envelopes: string[], grants: string[]): Act {
  const fields = {
    card: input.card.sha256,
    case: input.new_case.id,
    channels: [...input.channels].sort(),
    envelopes,
    excluded: [...input.excluded],
    grants,
    uploads: input.uploads.map(({ sealed }) => sealed),
  };
  const { institution } = input.card;
  return { act: newId(), number: input.number ?? 1, institution, kind: "received", fields, log: input.keys.log };
}

function recipientIn(theCase: NewCase, scope: Scope): string {
  return scope === "case" ? theCase.recipient : theCase.sheetRecipient;
}

function identityIn(theCase: NewCase, scope: Scope): string {
  return scope === "case" ? theCase.identity : theCase.sheetIdentity;
}

function place(kind: EnvelopeKind): { id: string; kind: EnvelopeKind; direction: "to-desk"; epoch: number } {
  return { id: newId(), kind, direction: "to-desk", epoch: 1 };
}

function sealedHash({ sealed }: { sealed: Bytes }): string {
  return hash(sealed);
}

/** The reporter as an author. */
export function author(keys: ReceiptKeys): Author {
  return { key: keys.key, signer: keys.signer };
}
