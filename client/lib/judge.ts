// Judges a list of envelopes that came from a server nobody has to trust (formats, section 4).
import { inspect } from "./age.ts";
import { fingerprint, hash } from "./bytes.ts";
import { openEnvelope, verifyEnvelope } from "./envelope.ts";
import type { EnvelopeBody, EnvelopeKind } from "./envelope.ts";
import { holds } from "./epochs.ts";
import type { Epochs, KnownKeys, Scope } from "./epochs.ts";

/** What is wrong with an envelope, or `closed`: sealed to others, as it should be. */
export type Fault = "forged" | "moved" | "outsider" | "replayed" | "reordered" | "gap" | "unknown-last" | "closed";

/** An envelope as the server lists it. Without `sealed` it is one this reader cannot open. */
export interface Listed {
  kind: string;
  epoch: number;
  sha256: string;
  sealed?: Uint8Array | undefined;
}

export interface Identity {
  scope: Scope | "reporter";
  epoch: number; // 0 for the reporter's own
  identity: string;
}

/** What the reader knows by herself: keys she trusts, the checked epochs, the identities she holds. */
export interface Reader {
  case: string;
  known: KnownKeys;
  epochs: Epochs;
  reporter: string; // the reporter's age recipient
  identities: readonly Identity[];
}

/**
 * One envelope in its place. `faults` is empty when all is well; `missing` counts envelopes skipped before
 * it.
 */
export interface Judged {
  index: number;
  sha256: string;
  faults: Fault[];
  missing: number;
  envelope?: EnvelopeBody;
}

/** Judges every envelope in the order in which the server lists them. Never throws, and leaves none out. */
export async function judge(items: readonly Listed[], reader: Reader): Promise<Judged[]> {
  const seen = new Seen();
  const judged: Judged[] = [];
  for (const [index, item] of items.entries()) {
    const sha256 = item.sealed === undefined ? item.sha256 : hash(item.sealed);
    judged.push({ index, sha256, ...(await judgeOne(item, reader, seen)) });
    seen.hashes.add(sha256);
  }
  return judged;
}

type Finding = Pick<Judged, "faults" | "missing" | "envelope">;

async function judgeOne(item: Listed, reader: Reader, seen: Seen): Promise<Finding> {
  const identities = identitiesFor(item, reader);
  if (identities.length === 0) return { faults: ["closed"], missing: 0 };
  if (item.sealed === undefined) return { faults: ["forged"], missing: 0 }; // she should have been given it
  let envelope: EnvelopeBody;
  try {
    envelope = verifyEnvelope(await openEnvelope(item.sealed, identities), reader.known);
  } catch {
    return { faults: ["forged"], missing: 0 };
  }
  if (isMoved(item, item.sealed, envelope, reader)) return { faults: ["moved"], missing: 0, envelope };
  if (isOutsider(envelope, reader)) return { faults: ["outsider"], missing: 0, envelope };
  const { faults, missing } = seen.place(envelope);
  if (envelope.last !== "" && !seen.hashes.has(envelope.last)) faults.push("unknown-last");
  return { faults, missing, envelope };
}

/**
 * The identities that should open an envelope listed like this. The server's word is enough to try, not to
 * trust.
 */
function identitiesFor(item: Listed, reader: Reader): string[] {
  const fits = ({ scope, epoch }: Identity): boolean => {
    if (scope === "reporter") return item.kind === "message" || item.kind === "record";
    return item.kind !== "record" && scopeOf(item.kind) === scope && epoch === item.epoch;
  };
  return reader.identities.filter(fits).map(({ identity }) => identity);
}

function isMoved(item: Listed, sealed: Uint8Array, envelope: EnvelopeBody, reader: Reader): boolean {
  const expected = recipientsOf(envelope.kind, envelope.epoch, reader);
  return (
    envelope.case !== reader.case ||
    envelope.kind !== item.kind ||
    envelope.epoch !== item.epoch ||
    inspect(sealed).stanzas !== expected.length ||
    envelope.recipients.join() !== expected.map(fingerprint).sort().join()
  );
}

// Signed by a known handler who does not hold the key of its scope and epoch.
function isOutsider({ kind, role, author, epoch }: EnvelopeBody, reader: Reader): boolean {
  return role === "handler" && !holds(reader.epochs, scopeOf(kind), epoch, author);
}

/** Whose key an envelope of this kind is sealed to. */
export function scopeOf(kind: string): Scope {
  if (kind === "sheet") return "sheet";
  return kind === "brief" || kind === "work" ? "brief" : "case";
}

/**
 * The age recipients that an envelope of this kind and epoch is sealed to; empty when there is no such
 * epoch.
 */
export function recipientsOf(
  kind: EnvelopeKind,
  epoch: number,
  reader: Pick<Reader, "epochs" | "reporter">,
): string[] {
  if (kind === "record") return epoch === 0 ? [reader.reporter] : [];
  const recipient = reader.epochs[scopeOf(kind)].get(epoch);
  if (recipient === undefined) return [];
  return kind === "message" ? [recipient, reader.reporter] : [recipient];
}

/** Counters met so far, by author, kind and direction, and hashes of all envelopes so far. */
class Seen {
  readonly hashes = new Set<string>();
  private readonly counters = new Map<string, Set<number>>();

  place(envelope: EnvelopeBody): { faults: Fault[]; missing: number } {
    const line = `${envelope.author} ${envelope.kind} ${envelope.direction}`;
    const met = this.counters.get(line) ?? new Set<number>();
    this.counters.set(line, met);
    const highest = Math.max(0, ...met);
    const isReplay = met.has(envelope.counter);
    met.add(envelope.counter);
    if (isReplay) return { faults: ["replayed"], missing: 0 };
    if (envelope.counter < highest) return { faults: ["reordered"], missing: 0 };
    const missing = envelope.counter - highest - 1;
    return { faults: missing > 0 ? ["gap"] : [], missing };
  }
}

// What counts in no line.
const isApart = (fault: Fault): boolean => fault === "moved" || fault === "outsider";

/**
 * The counter for the next envelope of this author, kind and direction, and the `last` message to name in
 * it.
 */
export function nextPlace(
  judged: readonly Judged[],
  author: string,
  kind: EnvelopeKind,
): { counter: number; last: string } {
  const sound = judged.filter(({ envelope, faults }) => envelope !== undefined && !faults.some(isApart));
  const own = sound.filter(({ envelope }) => envelope!.author === author && envelope!.kind === kind);
  const last = sound.filter(({ envelope }) => envelope!.kind === "message").at(-1);
  return {
    counter: Math.max(0, ...own.map(({ envelope }) => envelope!.counter)) + 1,
    last: last?.sha256 ?? "",
  };
}
