// Builds what a handler's acts post: messages, notes, grants, the next epoch, steps. No DOM.
import { buildMessage, buildNote, buildUse, numberedAct, sealNotes } from "../lib/acts.ts";
import type { Built, Place, UseInput, Writing } from "../lib/acts.ts";
import { newIdentity, recipientOf } from "../lib/age.ts";
import { b64, FormatError, hash, utf8 } from "../lib/bytes.ts";
import type { Json, JsonObject } from "../lib/canonical.ts";
import type { Member } from "../lib/card.ts";
import { everHeld, holds, makeAdmit, makeEpoch, makeGrant, newestEpoch } from "../lib/grant.ts";
import type { Scope } from "../lib/grant.ts";
import { nextPlace, recipientsOf, scopeOf } from "../lib/judge.ts";
import type { EnvelopeKind } from "../lib/envelope.ts";
import type { LeafKind } from "../lib/leaf.ts";
import type { OpenCase } from "./opened.ts";
import { checkNotShutOut, shutOut } from "./shut-out.ts";

/** A key that things are sealed to. */
export interface Target {
  key: string;
  seal: string;
}

/** A message to the reporter, sealed to the case and to her. */
export function messageToReporter(open: OpenCase, text: string): Promise<Built> {
  return buildMessage({ ...place(open), ...writing(open, "message"), text, files: [], uploads: [] });
}

/** A note that only those who hold the case key can read. */
export function noteForDesk(open: OpenCase, text: string, form?: { format: string; entry: JsonObject }): Promise<Built> {
  return buildNote({ ...place(open), ...writing(open, "note"), text, ...form });
}

/** A use of the case's fingerprints, with its note. */
export function recordUse(open: OpenCase, use: Omit<UseInput, keyof (Place & Writing)>): Promise<Built> {
  return buildUse({ ...place(open), ...writing(open, "note"), ...use });
}

/** A step; with reasons, they go to the reporter as a message in the same act. */
export async function takeStep(
  open: OpenCase,
  step: string,
  { outcome = "", reasons = "", upload = "" }: { outcome?: string; reasons?: string; upload?: string } = {},
): Promise<Built> {
  const envelopes: Json[] = [];
  const hashes: string[] = [];
  if (reasons !== "") {
    const message = await messageToReporter(open, reasons);
    envelopes.push(message.body["envelope"]!);
    hashes.push(message.act.fields["envelope"] as string);
  }
  const fields = { case: open.answer.case, envelopes: hashes, outcome, step };
  return built(open, "step", fields, { step, outcome, envelopes, upload, version: open.answer.version });
}

/** Coded facts, with the words that belong to them sealed to the case. */
export async function recordFacts(open: OpenCase, typed: readonly { fact: JsonObject; words: string }[]): Promise<Built> {
  const texts = typed.map(({ words }) => words).filter((words) => words !== "");
  const notes = await sealNotes({ ...place(open), ...writing(open, "note") }, texts);
  const waiting = [...notes];
  const facts = typed.map(({ fact, words }) => ({ base: 0, ...fact, words: words === "" ? "" : (waiting.shift()!.sent["id"] as string) }));
  const fields = { case: open.answer.case, envelopes: notes.map(({ sha256 }) => sha256), facts };
  return built(open, "work", fields, { facts, envelopes: notes.map(({ sent }) => sent) });
}

/**
 * Lets a member in: every epoch of the case key, and of the sheet key if asked, sealed to her key. Throws when the
 * report shuts her out.
 */
export async function letIn(open: OpenCase, to: Target, scopes: readonly Scope[]): Promise<Built> {
  checkNotShutOut(to.key, shutOut(open.judged, open.card), open.card);
  // Whoever gets the case gets the investigator's version with it.
  const all: readonly Scope[] = scopes.includes("case") && open.epochs.brief.size > 0 ? [...scopes, "brief"] : scopes;
  const sealed = await grantsTo(open, to, all);
  const admits = await admitsOf(open, to, all);
  const fields = {
    admits: admits.map(textHash),
    case: open.answer.case,
    grants: sealed.map(({ sha256 }) => sha256),
  };
  return built(open, "grant", fields, { admits, grants: sealed.map(({ sent }) => sent) });
}

/** Takes keys away: the next epoch of the case key (and of the sheet key if they held it), for those who stay. */
export async function takeAway(open: OpenCase, withdrawn: readonly string[]): Promise<Built> {
  if (withdrawn.includes(open.me.key)) throw new FormatError("Your own key cannot be taken away by you.");
  const epochs: { sent: JsonObject; statement: string }[] = [];
  const admits: string[] = [];
  const grants: SealedGrant[] = [];
  for (const scope of scopesToTurn(open, withdrawn)) {
    const stay = staying(open, scope, withdrawn);
    const next = await nextEpoch(open, scope, stay);
    epochs.push(next);
    for (const to of stay) {
      if (to.isNew) admits.push(await admitTo(open, to, scope, next.number, next.identity));
      grants.push(await sealGrant(open, to, scope, next.number, next.identity));
    }
  }
  const fields = {
    admits: admits.map(textHash),
    case: open.answer.case,
    epochs: epochs.map(({ statement }) => textHash(statement)),
    grants: grants.map(({ sha256 }) => sha256),
    withdrawn: [...withdrawn].sort(),
  };
  return built(open, "epoch", fields, {
    withdrawn: [...withdrawn].sort(),
    admits,
    epochs: epochs.map(({ sent }) => sent),
    grants: grants.map(({ sent }) => sent),
    version: open.answer.version,
  });
}

/** By name, from the card, to whom the next key of the case goes. Throws as `takeAway` does. */
export function whoStays(open: OpenCase, withdrawn: readonly string[]): string[] {
  return [...new Set(staying(open, "case", withdrawn).map(({ name }) => name))].sort();
}

/** Names of people the server lists as holders whom nobody let in, as the case's own statements say. */
export function unsigned({ answer, epochs }: Pick<OpenCase, "answer" | "epochs">): string[] {
  const { epoch } = newestEpoch(epochs, "case");
  const found = answer.holders.filter(({ scope, key }) => scope === "case" && !holds(epochs, "case", epoch, key));
  return [...new Set(found.map(({ label }) => label))].sort();
}

/** Members of the card who may be let in: active, not shut out (by the report or as the server says), without a key
 * to this case. */
export function candidates({ answer, card, judged }: Reading): (Member & { channel: string })[] {
  const members = card.channels.flatMap((channel) =>
    channel.members.map((member) => ({ ...member, channel: channel.name })),
  );
  const offered = new Set(answer.candidates.map(({ key }) => key));
  const shut = new Set([...answer.excluded.map(({ key }) => key), ...shutOut(judged, card)]);
  const inside = new Set(answer.holders.filter(({ scope }) => scope === "case").map(({ key }) => key));
  const fit = members.filter(
    ({ key, state }) => state === "active" && offered.has(key) && !shut.has(key) && !inside.has(key),
  );
  return fit.filter(({ key }, index) => fit.findIndex((other) => other.key === key) === index);
}

type Reading = Pick<OpenCase, "answer" | "card" | "judged">;

export interface SealedGrant {
  sent: JsonObject;
  sha256: string;
}

async function grantsTo(open: OpenCase, to: Target, scopes: readonly Scope[]): Promise<SealedGrant[]> {
  const sealed: SealedGrant[] = [];
  for (const { scope, epoch, identity } of open.identities) {
    if (scope === "reporter" || !scopes.includes(scope)) continue;
    sealed.push(await sealGrant(open, to, scope, epoch, identity));
  }
  if (sealed.length === 0) throw new FormatError("There is no key here to pass on.");
  return sealed;
}

// One for the newest key of each scope: who is let in holds it, and may make the next.
function admitsOf(open: OpenCase, to: Target, scopes: readonly Scope[]): Promise<string[]> {
  const made = open.identities.map(async ({ scope, epoch, identity }) =>
    scope !== "reporter" && scopes.includes(scope) && epoch === newestEpoch(open.epochs, scope).epoch
      ? [await admitTo(open, to, scope, epoch, identity)]
      : [],
  );
  return Promise.all(made).then((lists) => lists.flat());
}

function admitTo({ answer }: OpenCase, to: Target, scope: Scope, epoch: number, identity: string): Promise<string> {
  return makeAdmit({ case: answer.case, day: answer.today, epoch, identity, scope, to: to.key });
}

export async function sealGrant(open: OpenCase, to: Target, scope: Scope, epoch: number, identity: string): Promise<SealedGrant> {
  const { answer, me, log } = open;
  const bytes = await makeGrant({
    by: me,
    role: "handler",
    case: answer.case,
    day: answer.today,
    epoch,
    identity,
    log: scope === "sheet" ? new Uint8Array() : log,
    reporter: answer.reporter,
    scope,
    to,
  });
  return { sent: { scope, epoch, to: to.key, sealed: b64(bytes) }, sha256: hash(bytes) };
}

function scopesToTurn(open: OpenCase, withdrawn: readonly string[]): Scope[] {
  const has = (scope: Scope, key: string): boolean => open.answer.grants.some((grant) => grant.scope === scope && grant.key === key);
  const others = (["brief", "sheet"] as const).filter((scope) => has(scope, open.me.key) && withdrawn.some((key) => has(scope, key)));
  return ["case", ...others];
}

async function nextEpoch(open: OpenCase, scope: Scope, stay: readonly Staying[]) {
  const { epoch, recipient: previous } = newestEpoch(open.epochs, scope);
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const number = epoch + 1;
  const { answer, me } = open;
  const statement = await makeEpoch({
    by: me,
    case: answer.case,
    day: answer.today,
    epoch: number,
    holders: stay.filter(({ isNew }) => !isNew).map(({ key }) => key),
    identity,
    previous,
    scope,
  });
  return { identity, number, statement, sent: { scope, number, recipient, statement } };
}

// `isNew`: a custodian who was replaced since the last key, and is let in to the next.
export type Staying = Target & { name: string; isNew: boolean };

// Whose key the server lists counts only if the case's own statements say that it was sealed to (a member's the newest
// one, a custodian's any), and the card, which others signed, has that key with its recipient.
export function staying(open: OpenCase, scope: Scope, withdrawn: readonly string[]): Staying[] {
  const { channels } = open.card;
  const shut = shutOut(open.judged, open.card);
  const members = channels.flatMap((channel) => channel.members);
  const { epoch } = newestEpoch(open.epochs, scope);
  const targets = new Map<string, Staying>();
  for (const { scope: of, key, channel } of open.answer.grants) {
    if (of !== scope || withdrawn.includes(key)) continue;
    const isHeld = channel === "" ? holds(open.epochs, scope, epoch, key) : everHeld(open.epochs, scope, key);
    if (!isHeld) {
      throw new FormatError("A key that is listed for this case was never let in by those who hold it. Nothing was sealed to it.");
    }
    // A custodian who was replaced since is followed by the one on the card now.
    const team = channels.find(({ custodian }) => custodian.key === key) ?? channels.find(({ id }) => id === channel);
    const member = members.find((one) => one.key === key);
    const target = channel === "" ? member : team?.custodian;
    if (target === undefined) {
      throw new FormatError("A key of this case is not on the signed list. Nothing was sealed to it.");
    }
    checkNotShutOut(target.key, shut, open.card);
    const name = channel === "" ? member!.label : `the paper shares of ${team!.name}`;
    const isNew = !holds(open.epochs, scope, epoch, target.key);
    targets.set(target.key, { key: target.key, seal: target.seal, name, isNew });
  }
  return [...targets.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

const textHash = (text: string): string => hash(utf8(text));

/** A version for investigators, or a note beside it: sealed to those who hold the brief. */
export function noteInBrief(open: OpenCase, kind: "brief" | "work", text: string, form?: { format: string; entry: JsonObject }): Promise<Built> {
  return buildNote({ ...place(open), ...writing(open, kind), kind, text, ...form });
}

function place({ answer, card, log, next, answers }: OpenCase) {
  return { institution: card.institution, case: answer.case, day: answer.today, log, number: next, answers };
}

function writing(open: OpenCase, kind: EnvelopeKind): Writing {
  const { epoch } = newestEpoch(open.epochs, scopeOf(kind));
  const recipients = recipientsOf(kind, epoch, { epochs: open.epochs, reporter: open.answer.reporter.seal });
  return { author: open.me, role: "handler", epoch, recipients, ...nextPlace(open.judged, open.me.key, kind) };
}

export function built(open: OpenCase, kind: LeafKind, fields: JsonObject, content: JsonObject): Built {
  return numberedAct({ ...place(open), kind, fields }, content);
}
