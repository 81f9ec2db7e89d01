// A case's key from one holder to the next: grants are opened with one key and sealed to another. No DOM.
import { numberedAct } from "../lib/acts.ts";
import type { Built } from "../lib/acts.ts";
import { b64, FormatError, hash, unb64, utf8 } from "../lib/bytes.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { knownHandlers } from "../lib/card.ts";
import type { Card } from "../lib/card.ts";
import { checkEpochs, makeAdmit, makeGrant, openGrant, reporterKnown } from "../lib/grant.ts";
import type { Author, Epochs, Grant, GrantRole, ListedEpoch, Opener, ReporterKeys, Scope } from "../lib/grant.ts";
import { judge } from "../lib/judge.ts";
import { checkPromise } from "../lib/promise.ts";
import type { Installation } from "../lib/promise.ts";
import { checkNotShutOut, shutOut } from "./shut-out.ts";

/** A case as the routes for recovery and change of key answer it. */
export interface CaseKeys {
  case: string;
  today: string;
  reporter: ReporterKeys;
  epochs: ListedEpoch[];
  admits: string[];
  grants: { id: string; scope: Scope; epoch: number; key: string; sealed?: string | null }[];
  may: string[];
  number: number; // of the next act in the case
  report?: string | null; // the sealed report: it says whom the reporter shut out
}

export interface CaseKeysPage {
  cases: CaseKeys[];
  next: string;
}

export interface Resealing {
  open: Opener; // with the key that holds the case now
  by: Author; // who signs the new grants
  role: GrantRole;
  to: { key: string; seal: string };
  scopes: readonly Scope[];
  card: Card;
}

/**
 * Opens the case's grants and seals them to the new holder. Throws when one is not what the epochs say, and a
 * ShutOutError when custodians are to let in somebody whom the report shuts out.
 */
export async function reseal(found: CaseKeys, how: Resealing): Promise<Built> {
  const known = new Map(knownHandlers(how.card)).set(...reporterKnown(found.reporter));
  const epochs = checkEpochs(found.epochs, found.admits, found.case, known);
  const opened: Grant[] = [];
  for (const { scope, epoch, key, sealed } of found.grants) {
    if (!how.scopes.includes(scope) || sealed === undefined || sealed === null || sealed === "") continue;
    const recipient = epochs[scope].get(epoch);
    if (recipient === undefined) throw new FormatError("A grant names an epoch that is not there.");
    const expected = { case: found.case, to: key, scope, epoch, recipient, reporter: found.reporter, known };
    opened.push(await openGrant(unb64(sealed), how.open, expected));
  }
  if (how.role === "custodian") checkNotShutOut(how.to.key, await shutOutOf(found, opened, epochs, how.card), how.card);
  const log = opened.find(({ scope }) => scope === "case")?.log;
  if (log === undefined) throw new FormatError("The key of this case is not among the grants.");
  const made = await Promise.all(once(opened).map((grant) => sealTo(grant, found, how)));
  const newest = once(opened).filter(({ scope, epoch }) => epoch === epochs[scope].size);
  const admits = await Promise.all(
    newest.map((grant) => makeAdmit({ ...grant, case: found.case, day: found.today, to: how.to.key })),
  );
  const fields = {
    admits: admits.map((admit) => hash(utf8(admit))),
    case: found.case,
    grants: made.map(({ sha256 }) => sha256),
  };
  const act = { institution: how.card.institution, kind: "grant", fields, log, number: found.number } as const;
  return numberedAct(act, { case: found.case, admits, grants: made.map(({ sent }) => sent) });
}

/** Checks the promises that came back, in the order of the cases. */
export function checkPromises(
  promises: readonly string[],
  sent: readonly Built[],
  installation: Installation,
): void {
  if (promises.length !== sent.length) throw new FormatError("A promise is missing.");
  sent.forEach(({ act }, index) => checkPromise(promises[index]!, installation, act));
}

async function shutOutOf(found: CaseKeys, opened: readonly Grant[], epochs: Epochs, card: Card): Promise<string[]> {
  const known = new Map(knownHandlers(card)).set(...reporterKnown(found.reporter));
  const listed = { kind: "report", epoch: 1, sha256: "", sealed: found.report ? unb64(found.report) : undefined };
  const reader = { case: found.case, known, epochs, reporter: found.reporter.seal, identities: opened };
  return shutOut(await judge([listed], reader), card);
}

// Several old keys of one person may hold the same epoch.
function once(grants: readonly Grant[]): Grant[] {
  return grants.filter(
    ({ scope, epoch }, index) =>
      grants.findIndex((one) => one.scope === scope && one.epoch === epoch) === index,
  );
}

async function sealTo(
  grant: Grant,
  found: CaseKeys,
  how: Resealing,
): Promise<{ sent: JsonObject; sha256: string }> {
  const { scope, epoch, identity, log } = grant;
  const bytes = await makeGrant({
    by: how.by,
    role: how.role,
    case: found.case,
    day: found.today,
    epoch,
    identity,
    log,
    reporter: found.reporter,
    scope,
    to: how.to,
  });
  return { sent: { scope, epoch, to: how.to.key, sealed: b64(bytes) }, sha256: hash(bytes) };
}
