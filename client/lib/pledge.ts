// A pledge: a report held by the keepers until a condition comes true (formats, section 14). Makes it, and what
// the reporter says about it later; the desk puts together what keepers released.
import { identityFromSeed, open as openAge, recipientOf, seal, SealingError } from "./age.ts";
import { NO_ANSWER, Problem } from "./api.ts";
import { b64, concat, fingerprint, FormatError, hash, randomBytes, text, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import { decode, encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { bucket, pad, ROOMS } from "./padding.ts";
import type { Roster } from "./roster.ts";
import { asList, asObject, asText, exactly } from "./shape.ts";
import { combineShares, splitSecret } from "./shares.ts";
import { signStatement } from "./statement.ts";
import type { Signer } from "./statement.ts";
import { filled, signTags } from "./tags.ts";

export interface Match {
  readonly kind: "match";
  readonly k: number;
  readonly who: "anyone" | "passes";
}

/** From `day` on, unless the reporter or the overseer (a key as b64, or empty) said stop. */
export interface After {
  readonly kind: "after";
  readonly day: string;
  readonly overseer: string;
}

export type Condition = Match | After;

/** A pledge as it is written, which never changes; its id is the hash of it. */
export interface Pledge {
  readonly body: JsonObject;
  readonly id: string;
}

export interface NewPledge {
  report: JsonObject; // what `POST reports` takes, without grants
  grants: readonly Json[];
  outputs: readonly Uint8Array[]; // of the keepers' function, one for each identifier of one person
  conditions: readonly Condition[];
  beneficiary: { channel: string; readers: readonly string[] };
  expires: string;
  day: string;
  by: Signer;
  roster: Roster;
  recipients: ReadonlyMap<string, string>; // transport keys by keeper's name
  passed?: (pledge: Pledge) => Promise<ReadonlyMap<string, string>>; // by keeper: that it came with her pass
}

/**
 * A pledge before it is sent: the parcel for all, and the sealed note of each keeper whose key is known. With entry
 * and shares a note can be sealed again, for a keeper that missed it.
 */
export interface Holding {
  pledge: Pledge;
  parcel: Bytes;
  notes: ReadonlyMap<string, Bytes>;
  entry: string;
  shares: ReadonlyMap<string, Bytes>;
}

const WHYS = ["offline", "refused", "few", "roster", "epoch", "long", "broken"] as const;

/** Why something did not go through, for words in her own language: a page has a text for each. */
export type Why = (typeof WHYS)[number];

export class PledgeError extends FormatError {
  override name = "PledgeError";
  readonly why: Why;
  constructor(why: Why, message: string) {
    super(message);
    this.why = why;
  }
}

/** As far as an error says it, also where it comes from a worker, which passes on the word alone. */
export function whyOf(error: unknown): Why {
  if (error instanceof PledgeError) return error.why;
  if (error instanceof Problem) return error.type === NO_ANSWER || error.type === "busy" ? "offline" : "refused";
  if (error instanceof FormatError) return "broken";
  return WHYS.find((why) => error instanceof Error && error.message === why) ?? "offline"; // a part did not load
}

const NOTE = 16 * 1024; // bytes of a note before it is sealed
const NOTE_HEAD = "upstander/keeper-note/v1\n";
const PARCEL_HEAD = "upstander/parcel/v1\n";

/** Locks the grants, splits the lock, and seals each keeper's share with the first entry. */
export async function hold(given: NewPledge): Promise<Holding> {
  const { roster, recipients, by, day } = given;
  const seed = randomBytes(32);
  const lock = await recipientOf(identityFromSeed(seed));
  const parcel = await makeParcel(given.report, given.grants, lock);
  const split = await splitSecret(seed, roster.keepers.length, roster.needs);
  const shares = new Map(roster.keepers.map((keeper, i) => [keeper.name, split[i]!]));
  const hashes = [...shares].map(([name, share]): [string, string] => [name, shareHash(share)]);
  const pledge = asPledge({
    beneficiary: { channel: given.beneficiary.channel, readers: [...given.beneficiary.readers].sort() },
    conditions: [...given.conditions]
      .sort((a, b) => (a.kind < b.kind ? -1 : 1))
      .map((one): JsonObject => ({ ...one })),
    epoch: roster.epoch,
    expires: given.expires,
    lock: fingerprint(lock),
    needs: roster.needs,
    parcel: hash(parcel),
    shares: Object.fromEntries(hashes),
    verify: by.sign,
  });
  const entry = await makeEntry(pledge, given.outputs, 1, day, by);
  const passed = await given.passed?.(pledge);
  return { pledge, parcel, notes: await tell(pledge, entry, recipients, shares, passed), entry, shares };
}

const BESIDES = 1024; // bytes that are added to what lies in a parcel: kinds and labels of names
const AT_ONCE = 65_536; // bytes that a browser gives by chance in one go

/** In the place of a report and its grants, where nothing is to open: random bytes, as many as those would have. */
export function filling(size: number): { report: JsonObject; grants: Json[] } {
  const bytes = Math.min(size, ROOMS.at(-1)! - BESIDES) - encode({ grants: [{ filling: "" }], report: {} }).length;
  let chance = "";
  while (chance.length < bytes) chance += b64(randomBytes(AT_ONCE - 1)); // a multiple of three: nothing between the runs
  return { report: {}, grants: [{ filling: chance.slice(0, bytes) }] };
}

export function asPledge(body: JsonObject): Pledge {
  return { body, id: hash(concat(utf8("upstander/pledge/v1\n"), encode(body))) };
}

/** The tags of a pledge, all of them, in their next version. */
export async function makeEntry(
  pledge: Pledge,
  outputs: readonly Uint8Array[],
  version: number,
  day: string,
  by: Signer,
): Promise<string> {
  const keys = filled(outputs);
  const tags = keys.map((key) => key.sign);
  const message = encode({ pledge: pledge.id, tags, version });
  const signatures = await signTags(keys, concat(utf8("upstander/entry-tags/v1\n"), message));
  return signStatement("entry", { day, pledge: pledge.id, signatures, tags, version }, by);
}

/** Not on that day, or (`stop` false) after all; `number` is one more than last time. */
export function makeStop(
  pledge: Pledge,
  number: number,
  stop: boolean,
  day: string,
  by: Signer,
): Promise<string> {
  return signStatement("stop", { day, number, pledge: pledge.id, stop }, by);
}

/** The end of a pledge. */
export function makeWithdrawal(pledge: Pledge, day: string, by: Signer): Promise<string> {
  return signStatement("withdrawal", { day, pledge: pledge.id }, by);
}

/** A statement about a pledge, sealed for each keeper; all such notes have one size. */
export async function tell(
  pledge: Pledge,
  statement: string,
  recipients: ReadonlyMap<string, string>,
  shares: ReadonlyMap<string, Uint8Array> = new Map(),
  passed: ReadonlyMap<string, string> = new Map(),
): Promise<Map<string, Bytes>> {
  const notes = new Map<string, Bytes>();
  for (const [name, recipient] of recipients) {
    const share = b64(shares.get(name) ?? new Uint8Array(0));
    const told: JsonObject = { pledge: pledge.body, share, statement, to: name };
    const body = encode(passed.has(name) ? { ...told, passed: passed.get(name)! } : told);
    const plain = concat(utf8(NOTE_HEAD), body, utf8("\n"));
    if (plain.length > NOTE) throw new FormatError("This is too long for a note.");
    notes.set(name, await seal(concat(plain, new Uint8Array(NOTE - plain.length)), [recipient]));
  }
  return notes;
}

/** What one keeper handed over. */
export interface Release {
  keeper: string;
  pledge: Pledge;
  share: Uint8Array;
}

/** Report and grants, put together from what enough keepers released; `liars` gave wrong shares. */
export async function openRelease(
  releases: readonly Release[],
  parcel: Uint8Array,
): Promise<{ report: JsonObject; grants: readonly Json[]; liars: string[] }> {
  const pledge = releases[0]?.pledge;
  if (pledge === undefined || releases.some((one) => one.pledge.id !== pledge.id))
    throw new FormatError("This belongs to another pledge.");
  const hashes = asObject(pledge.body["shares"]);
  const isRight = (one: Release) =>
    Object.hasOwn(hashes, one.keeper) && hashes[one.keeper] === shareHash(one.share);
  const good = new Map(releases.filter(isRight).map((one) => [one.keeper, one.share]));
  const needs = pledge.body["needs"] as number;
  if (good.size < needs)
    throw new FormatError("Fewer keepers have released this than are needed. Try again tomorrow.");
  if (hash(parcel) !== pledge.body["parcel"])
    throw new FormatError("The parcel is not the one that the pledge names.");
  const lock = identityFromSeed(await combineShares([...good.values()].slice(0, needs)));
  if (fingerprint(await recipientOf(lock)) !== pledge.body["lock"])
    throw new SealingError("The shares in this pledge do not fit together: it was made wrong.");
  const liars = releases.filter((one) => !good.has(one.keeper)).map((one) => one.keeper);
  return { ...(await openParcel(parcel, lock)), liars };
}

async function makeParcel(report: JsonObject, grants: readonly Json[], lock: string): Promise<Bytes> {
  const inside = concat(encode({ grants, report }), utf8("\n"));
  const room = ROOMS.find((one) => one >= inside.length);
  if (room === undefined)
    throw new PledgeError("long", "This is too long to be held: 256 KiB at most, files not counted.");
  const locked = await seal(concat(inside, new Uint8Array(room - inside.length)), [lock]);
  return pad(concat(utf8(PARCEL_HEAD), encode({ locked: b64(locked), report: {} }), utf8("\n")));
}

async function openParcel(
  parcel: Uint8Array,
  lock: string,
): Promise<{ report: JsonObject; grants: readonly Json[] }> {
  const { locked, report: outside } = exactly(unpadded(parcel, PARCEL_HEAD), ["locked", "report"]);
  const plain = await openAge(unb64(asText(locked)), lock);
  const end = plain.indexOf(0);
  const inside = text(end < 0 ? plain : plain.subarray(0, end)).replace(/\n$/, "");
  const body = asObject(decode(utf8(inside)));
  // Parcels of the first demonstrations had the report outside, where it named the channel.
  const isOld = Object.keys(asObject(outside!)).length > 0;
  const { grants, report = outside! } = exactly(body, isOld ? ["grants"] : ["grants", "report"]);
  return { report: asObject(report), grants: asList(grants) };
}

/** The object in bytes padded with zeros up to their bucket, after a head and before a line's end. */
function unpadded(padded: Uint8Array, head: string): JsonObject {
  const end = padded.indexOf(0);
  const data = end < 0 ? padded : padded.subarray(0, end);
  if (bucket(data.length) !== padded.length || padded.subarray(data.length).some((byte) => byte !== 0))
    throw new FormatError("The padding is wrong.");
  const whole = text(data);
  if (!whole.startsWith(head) || !whole.endsWith("\n")) throw new FormatError("This is of another kind.");
  return asObject(decode(utf8(whole.slice(head.length, -1))));
}

/** As a pledge names a share. */
export function shareHash(share: Uint8Array): string {
  return hash(concat(utf8("upstander/pledge-share/v1\n"), share));
}
