// Epochs of a case key, and grants: the case identity sealed to one person (formats, section 3).
import { open as openAge, recipientOf, seal as sealAge, SealingError } from "./age.ts";
import { b64, fingerprint, FormatError, keyId, text, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { asCount, asDay, asId, asObject, asOneOf, asText, exactly } from "./shape.ts";
import { peekStatement, signStatement, verifyStatement } from "./statement.ts";
import type { Signer } from "./statement.ts";

export type Scope = "case" | "sheet";
export type GrantRole = "reporter" | "handler" | "custodian";
export const SCOPES: readonly Scope[] = ["case", "sheet"];

/** Opens an age file: with identities at hand, or through the desk's keyring. */
export type Opener = (sealed: Uint8Array) => Promise<Uint8Array>;

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

/** The reporter's public keys. */
export interface ReporterKeys {
  seal: string;
  sign: string;
}

export function opener(identities: string | readonly string[]): Opener {
  return (sealed) => openAge(sealed, identities);
}

// Epochs

export interface NewEpoch {
  by: Author;
  case: string;
  day: string;
  epoch: number;
  previous: string; // the recipient before, empty in epoch 1
  recipient: string;
  scope: Scope;
}

export interface ListedEpoch {
  scope: Scope;
  number: number;
  recipient: string;
  statement: string;
}

/** Recipients by epoch number. */
export type Epochs = Readonly<Record<Scope, ReadonlyMap<number, string>>>;

export function makeEpoch(epoch: NewEpoch): Promise<string> {
  const body = {
    by: epoch.by.key,
    case: epoch.case,
    day: epoch.day,
    epoch: epoch.epoch,
    previous: epoch.previous === "" ? "" : fingerprint(epoch.previous),
    recipient: fingerprint(epoch.recipient),
    scope: epoch.scope,
  };
  return signStatement("epoch", body, epoch.by.signer);
}

/** Follows each scope from epoch 1, signed by the reporter, to the newest. Any break in the chain throws. */
export function checkEpochs(listed: readonly ListedEpoch[], caseId: string, known: KnownKeys): Epochs {
  const chains = { case: new Map<number, string>(), sheet: new Map<number, string>() };
  for (const one of [...listed].sort((a, b) => a.number - b.number)) {
    const chain = chains[asOneOf(one.scope, SCOPES)];
    if (one.number !== chain.size + 1)
      throw new FormatError("An epoch of the case key is missing or there twice.");
    checkEpoch(one, caseId, known, chain.get(one.number - 1) ?? "");
    chain.set(one.number, one.recipient);
  }
  return chains;
}

function checkEpoch(one: ListedEpoch, caseId: string, known: KnownKeys, previous: string): void {
  const body = verifyKnown(one.statement, "epoch", known, one.number === 1 ? "reporter" : "handler");
  exactly(body, ["by", "case", "day", "epoch", "previous", "recipient", "scope"]);
  asDay(body["day"]);
  if (body["case"] !== caseId || body["scope"] !== one.scope || body["epoch"] !== one.number) {
    throw new FormatError("An epoch statement is about something else.");
  }
  if (body["recipient"] !== fingerprint(one.recipient))
    throw new FormatError("An epoch names another recipient.");
  if (body["previous"] !== (previous === "" ? "" : fingerprint(previous))) {
    throw new FormatError("An epoch does not follow the one before.");
  }
}

/** The newest epoch of a scope. */
export function newestEpoch(epochs: Epochs, scope: Scope): { epoch: number; recipient: string } {
  const epoch = epochs[scope].size;
  const recipient = epochs[scope].get(epoch);
  if (recipient === undefined) throw new FormatError("There is no such key in this case.");
  return { epoch, recipient };
}

function verifyKnown(statement: string, kind: string, known: KnownKeys, role: KnownKey["role"]) {
  const by = known.get(asText(peekStatement(statement, kind)["by"]));
  if (by === undefined || by.role !== role)
    throw new FormatError("It is signed by a key that may not sign it.");
  return verifyStatement(statement, kind, by.sign);
}

// Grants

export interface NewGrant {
  by: Author;
  role: GrantRole;
  case: string;
  day: string;
  epoch: number;
  identity: string;
  log: Uint8Array; // empty in scope sheet
  reporter: ReporterKeys;
  scope: Scope;
  to: { key: string; seal: string };
}

export interface Grant {
  by: string;
  role: GrantRole;
  case: string;
  day: string;
  epoch: number;
  identity: string;
  log: Bytes;
  scope: Scope;
  to: string;
}

/**
 * What a grant must say to be this one. `recipient` is that epoch's (from `checkEpochs`); `known` holds the
 * reporter's key and all handlers' keys of the card.
 */
export interface ExpectedGrant {
  case: string;
  to: string;
  scope: Scope;
  epoch: number;
  recipient: string;
  reporter: ReporterKeys;
  known: KnownKeys;
}

export async function makeGrant(grant: NewGrant): Promise<Bytes> {
  const body = {
    by: grant.by.key,
    case: grant.case,
    day: grant.day,
    epoch: grant.epoch,
    identity: grant.identity,
    log: grant.scope === "sheet" ? "" : b64(grant.log),
    reporter: { seal: fingerprint(grant.reporter.seal), sign: grant.reporter.sign },
    role: grant.role,
    scope: grant.scope,
    to: grant.to.key,
  };
  return sealAge(utf8(await signStatement("grant", body, grant.by.signer)), [grant.to.seal]);
}

/** Opens a grant and checks who gave it and what it is for. */
export async function openGrant(sealed: Uint8Array, open: Opener, expected: ExpectedGrant): Promise<Grant> {
  const statement = text(await open(sealed));
  const role = asOneOf(peekStatement(statement, "grant")["role"], [
    "reporter",
    "handler",
    "custodian",
  ] as const);
  const body = verifyKnown(statement, "grant", expected.known, role === "reporter" ? "reporter" : "handler");
  exactly(body, ["by", "case", "day", "epoch", "identity", "log", "reporter", "role", "scope", "to"]);
  const reporter = exactly(asObject(body["reporter"]), ["seal", "sign"]);
  const scope = asOneOf(body["scope"], SCOPES);
  const isThisOne =
    body["case"] === expected.case &&
    body["to"] === expected.to &&
    scope === expected.scope &&
    body["epoch"] === expected.epoch &&
    reporter["seal"] === fingerprint(expected.reporter.seal) &&
    reporter["sign"] === expected.reporter.sign;
  if (!isThisOne) throw new FormatError("This grant is for something else.");
  const identity = asText(body["identity"]);
  if ((await recipientOf(identity)) !== expected.recipient)
    throw new SealingError("The key in this grant is not the case's.");
  return {
    by: asId(body["by"]),
    role,
    case: expected.case,
    day: asDay(body["day"]),
    epoch: asCount(body["epoch"], 1),
    identity,
    log: unb64(asText(body["log"]), scope === "sheet" ? 0 : 32),
    scope,
    to: expected.to,
  };
}

/** The reporter as a known key, for `known`. */
export function reporterKnown(reporter: ReporterKeys): [string, KnownKey] {
  return [keyId(reporter.sign, reporter.seal), { sign: reporter.sign, role: "reporter" }];
}
