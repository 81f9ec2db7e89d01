// Epochs: which key a case is sealed to and who holds it, from the reporter's first to the newest (formats, section 3).
import { recipientOf, seedOf } from "./age.ts";
import { fingerprint, FormatError, hkdf, unb64 } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import { asCount, asDay, asId, asOneOf, asSortedTexts, asText, exactly } from "./shape.ts";
import { peekStatement, signerFromSeed, signStatement, verifyStatement } from "./statement.ts";
import type { Signer } from "./statement.ts";

/** `brief`: the investigator's version and the work on it, a key of its own that handlers begin. */
export type Scope = "case" | "sheet" | "brief";
export const SCOPES: readonly Scope[] = ["case", "sheet", "brief"]; // in the order in which they are checked

/** Who signs: the key id that goes in `by` or `author`, and the key itself. */
export interface Author {
  key: string;
  signer: Signer;
}

/** A key whose signatures are accepted, and what its holder is. */
export interface KnownKey {
  sign: string;
  role: "reporter" | "handler";
}

export type KnownKeys = ReadonlyMap<string, KnownKey>;

export interface NewEpoch {
  by: Author;
  case: string;
  day: string;
  epoch: number;
  holders: readonly string[]; // key ids
  identity: string;
  previous: string; // the recipient before, empty in epoch 1
  scope: Scope;
}

export interface NewAdmit {
  case: string;
  day: string;
  epoch: number;
  identity: string; // of that epoch
  scope: Scope;
  to: string; // key id
}

export interface ListedEpoch {
  scope: Scope;
  number: number;
  recipient: string;
  statement: string;
}

/** Checked epochs by number: recipients, and key ids of who holds each. */
export interface Epochs extends Readonly<Record<Scope, ReadonlyMap<number, string>>> {
  readonly held: Readonly<Record<Scope, ReadonlyMap<number, ReadonlySet<string>>>>;
}

/** The key by which whoever has an epoch's identity shows it. */
export function signerOf(identity: string): Signer {
  return signerFromSeed(hkdf(seedOf(identity), "upstander/epoch-sign/v1"));
}

export async function makeEpoch(epoch: NewEpoch): Promise<string> {
  const body = {
    by: epoch.by.key,
    case: epoch.case,
    day: epoch.day,
    epoch: epoch.epoch,
    holders: [...new Set(epoch.holders)].sort(),
    previous: epoch.previous === "" ? "" : fingerprint(epoch.previous),
    recipient: fingerprint(await recipientOf(epoch.identity)),
    scope: epoch.scope,
    sign: signerOf(epoch.identity).sign,
  };
  return signStatement("epoch", body, epoch.by.signer);
}

/** The key `to` holds this epoch from now on: signed by the epoch's own key. */
export function makeAdmit({ identity, ...admit }: NewAdmit): Promise<string> {
  const body = { case: admit.case, day: admit.day, epoch: admit.epoch, scope: admit.scope, to: admit.to };
  return signStatement("admit", body, signerOf(identity));
}

/**
 * Follows each scope from epoch 1, signed by the reporter, to the newest, each signed by a holder of the last. Scope
 * `brief` begins with somebody who holds the case, for people who do. Throws at any break: an epoch by or for somebody who
 * does not hold the one before, an admit that its epoch did not sign.
 */
export function checkEpochs(
  listed: readonly ListedEpoch[],
  admits: readonly string[],
  caseId: string,
  known: KnownKeys,
): Epochs {
  const chains = perScope(() => new Map<number, string>());
  const held = perScope(() => new Map<number, Set<string>>());
  const letIn = byEpoch(admits);
  const place = ({ scope, number }: ListedEpoch): number => SCOPES.indexOf(scope) * 1e6 + number;
  for (const one of [...listed].sort((a, b) => place(a) - place(b))) {
    const chain = chains[asOneOf(one.scope, SCOPES)];
    if (one.number !== chain.size + 1)
      throw new FormatError("An epoch of the case key is missing or there twice.");
    const body = checkEpoch(one, caseId, known, chain.get(one.number - 1) ?? "");
    const holders = new Set(asSortedTexts(body["holders"]).map(asId));
    if (one.number > 1) checkHolders(asText(body["by"]), holders, held[one.scope].get(one.number - 1)!);
    else if (one.scope === "brief") checkHolders(asText(body["by"]), holders, new Set([...held.case.values()].flatMap((keys) => [...keys])));
    const name = `${one.scope} ${one.number}`;
    for (const admit of letIn.get(name) ?? []) holders.add(admitted(admit, caseId, asText(body["sign"])));
    letIn.delete(name);
    held[one.scope].set(one.number, holders);
    chain.set(one.number, one.recipient);
  }
  if (letIn.size > 0) throw new FormatError("Somebody was let in to a key that this case never had.");
  return { ...chains, held };
}

/** Whether handlers made this epoch, in an act of its own: the reporter makes the first of case and sheet. */
export function isAdded({ scope, number }: Pick<ListedEpoch, "scope" | "number">): boolean {
  return number > 1 || scope === "brief";
}

function perScope<T>(make: () => T): Record<Scope, T> {
  return { case: make(), sheet: make(), brief: make() };
}

/** Whether this key was sealed to, in this epoch. */
export function holds(epochs: Epochs, scope: Scope, epoch: number, key: string): boolean {
  return epochs.held[scope].get(epoch)?.has(key) === true;
}

/** Whether this key was sealed to in any epoch. */
export function everHeld(epochs: Epochs, scope: Scope, key: string): boolean {
  return [...epochs.held[scope].values()].some((holders) => holders.has(key));
}

/** The newest epoch of a scope. */
export function newestEpoch(epochs: Epochs, scope: Scope): { epoch: number; recipient: string } {
  const epoch = epochs[scope].size;
  const recipient = epochs[scope].get(epoch);
  if (recipient === undefined) throw new FormatError("There is no such key in this case.");
  return { epoch, recipient };
}

export function verifyKnown(statement: string, kind: string, known: KnownKeys, role: KnownKey["role"]): JsonObject {
  const by = known.get(asText(peekStatement(statement, kind)["by"]));
  if (by === undefined || by.role !== role)
    throw new FormatError("It is signed by a key that may not sign it.");
  return verifyStatement(statement, kind, by.sign);
}

// Admits by the epoch they say they are for: nothing in them is believed yet.
function byEpoch(admits: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const admit of admits) {
    const body = peekStatement(admit, "admit");
    const name = `${asText(body["scope"])} ${asCount(body["epoch"], 1)}`;
    found.set(name, [...(found.get(name) ?? []), admit]);
  }
  return found;
}

const FIELDS = ["by", "case", "day", "epoch", "holders", "previous", "recipient", "scope", "sign"];

function checkEpoch(one: ListedEpoch, caseId: string, known: KnownKeys, previous: string): JsonObject {
  const body = verifyKnown(one.statement, "epoch", known, isAdded(one) ? "handler" : "reporter");
  exactly(body, FIELDS);
  asDay(body["day"]);
  unb64(asText(body["sign"]), 32);
  if (body["case"] !== caseId || body["scope"] !== one.scope || body["epoch"] !== one.number) {
    throw new FormatError("An epoch statement is about something else.");
  }
  if (body["recipient"] !== fingerprint(one.recipient))
    throw new FormatError("An epoch names another recipient.");
  if (body["previous"] !== (previous === "" ? "" : fingerprint(previous))) {
    throw new FormatError("An epoch does not follow the one before.");
  }
  return body;
}

function checkHolders(by: string, holders: ReadonlySet<string>, before: ReadonlySet<string>): void {
  if (!before.has(by))
    throw new FormatError("A key of the case was made by somebody who did not hold the one before.");
  if (![...holders].every((key) => before.has(key)))
    throw new FormatError("A key of the case goes to somebody who did not hold the one before.");
}

// Who an admit lets in, once signature and case are right; scope and epoch found the key `sign`.
function admitted(admit: string, caseId: string, sign: string): string {
  const body = exactly(verifyStatement(admit, "admit", sign), ["case", "day", "epoch", "scope", "to"]);
  asDay(body["day"]);
  if (body["case"] !== caseId) throw new FormatError("Somebody was let in to another case.");
  return asId(body["to"]);
}
