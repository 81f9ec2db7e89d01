// Grants: a case key sealed to one person. Having one is having access (formats, section 3).
import { open as openAge, recipientOf, seal as sealAge, SealingError } from "./age.ts";
import { b64, fingerprint, FormatError, keyId, text, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { SCOPES, verifyKnown } from "./epochs.ts";
import type { Author, KnownKey, KnownKeys, Scope } from "./epochs.ts";
import { asCount, asDay, asId, asObject, asOneOf, asText, exactly } from "./shape.ts";
import { peekStatement, signStatement } from "./statement.ts";

export { checkEpochs, everHeld, holds, isAdded, makeAdmit, makeEpoch, newestEpoch } from "./epochs.ts";
export type { Author, Epochs, KnownKey, KnownKeys, ListedEpoch, NewEpoch, Scope } from "./epochs.ts";

export type GrantRole = "reporter" | "handler" | "custodian";

/** Opens an age file: with identities at hand, or through the desk's keyring. */
export type Opener = (sealed: Uint8Array) => Promise<Uint8Array>;

/** The reporter's public keys. */
export interface ReporterKeys {
  seal: string;
  sign: string;
}

export function opener(identities: string | readonly string[]): Opener {
  return (sealed) => openAge(sealed, identities);
}

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
