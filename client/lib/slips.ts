// A slip: what a reporter needs to change her mind about a pledge, and what she was told. A statement under her own
// key, sealed to herself, so that her seven words alone bring it back; our server keeps it, cannot read it and cannot
// write one (formats, section 14). Twin of src/upstander/keepers/slips.py.
import { open, seal } from "./age.ts";
import { b64, concat, FormatError, hkdf, text, unb64, utf8 } from "./bytes.ts";
import type { Bytes } from "./bytes.ts";
import type { JsonObject } from "./canonical.ts";
import type { ReceiptKeys } from "./derive.ts";
import { labelAndSalt } from "./leaf.ts";
import { asPledge, PledgeError, shareHash } from "./pledge.ts";
import type { Condition } from "./pledge.ts";
import { asCount, asFlag, asId, asList, asObject, asText, exactly } from "./shape.ts";
import { signStatement, verifyStatement } from "./statement.ts";

export interface Slip {
  about: string; // the person, as she typed it
  counted: boolean; // keepers were asked about its names
  ended: boolean;
  entry: string;
  id: string; // its number at our server
  number: number; // of the last stop, or its taking back
  place: number; // among her slips: where the log has its acts
  pledge: JsonObject;
  receipts: Readonly<Record<string, string>>; // of keepers that hold it
  shares: Readonly<Record<string, string>>;
  stopped: boolean;
  version: number; // counts up each time it is written
}

/** A slip as it lies at our server. */
export interface Kept {
  id: string;
  day: string;
  slip: Slip;
}

type Keys = Pick<ReceiptKeys, "identity" | "seal" | "seed" | "signer">;

const SIZES: readonly number[] = [16, 64].map((size) => size * 1024); // bytes before sealing
const FIELDS = [
  ...["about", "counted", "ended", "entry", "id", "number"],
  ...["place", "pledge", "receipts", "shares", "stopped", "version"],
];

export async function sealSlip(slip: Slip, { signer, seal: to }: Pick<Keys, "signer" | "seal">): Promise<string> {
  const plain = utf8(await signStatement("pledge-slip", { ...slip }, signer));
  const size = SIZES.find((one) => one >= plain.length);
  if (size === undefined) throw new PledgeError("long", "Too much is written about this person.");
  return b64(await seal(concat(plain, new Uint8Array(size - plain.length)), [to]));
}

/**
 * The slip under this number. Anybody can seal something to her, so every field is under her signature; and the pledge
 * is one of hers, with the entry that she signed for it and the shares that it names.
 */
export async function openSlip(sealed: string, { identity, signer }: Keys, id: string): Promise<Slip> {
  const padded: Bytes = await open(unb64(sealed), identity);
  const end = padded.indexOf(0);
  const said = text(end < 0 ? padded : padded.subarray(0, end));
  const body = exactly(verifyStatement(said, "pledge-slip", signer.sign), FIELDS);
  const slip: Slip = {
    about: asText(body["about"]),
    counted: asFlag(body["counted"]),
    ended: asFlag(body["ended"]),
    entry: asText(body["entry"]),
    id: asId(body["id"]),
    number: asCount(body["number"]),
    place: asCount(body["place"], 1),
    pledge: asObject(body["pledge"]),
    receipts: asTexts(asObject(body["receipts"])),
    shares: asTexts(asObject(body["shares"])),
    stopped: asFlag(body["stopped"]),
    version: asCount(body["version"], 1),
  };
  if (slip.id !== id) throw new FormatError("This slip belongs to another number.");
  checkOwn(slip, signer.sign);
  return slip;
}

function checkOwn({ pledge, entry, shares }: Slip, sign: string): void {
  if (pledge["verify"] !== sign) throw new FormatError("This is a pledge of somebody else.");
  if (verifyStatement(entry, "entry", sign)["pledge"] !== asPledge(pledge).id)
    throw new FormatError("This is another pledge than she made.");
  const hashes = asObject(pledge["shares"]);
  for (const [name, share] of Object.entries(shares))
    if (hashes[name] !== shareHash(unb64(share))) throw new FormatError("A share is not the one that the pledge names.");
}

function asTexts(object: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, asText(value)]));
}

// Where the log has them

const PLACES = 512; // chosen by chance, so that one whose slip is hidden is hardly ever chosen again
const VERSIONS = 1_000_000;
const AHEAD = [1, 2, 3, 4]; // versions after the one that is shown: one may not have arrived

/**
 * The secret behind labels and salts of her slips' acts. It is made from her signing key and not from the case's log
 * secret, which handlers hold: nobody but her can join a pledge to a report, and she can look for what is kept from her.
 */
export function slipLog(seed: Uint8Array): Uint8Array {
  return hkdf(seed, "upstander/slip-log/v1");
}

/** The number, in her own series, of the act that writes this version. */
export function slipNumber({ place, version }: Pick<Slip, "place" | "version">): number {
  return place * VERSIONS + version;
}

/** A place that none of these has. */
export function freePlace(taken: readonly Pick<Slip, "place">[]): number {
  const free = Array.from({ length: PLACES }, (_, at) => at + 1).filter((at) => taken.every(({ place }) => place !== at));
  return free[crypto.getRandomValues(new Uint32Array(1))[0]! % free.length]!;
}

/** Labels of acts that would be in the log if a newer slip, or one more, had been stored than these. */
export function laterActs(seed: Uint8Array, shown: readonly Pick<Slip, "place" | "version">[]): Map<string, "older" | "missing"> {
  const log = slipLog(seed);
  const labels = new Map<string, "older" | "missing">();
  const add = (place: number, version: number, why: "older" | "missing"): void =>
    void labels.set(labelAndSalt(log, slipNumber({ place, version })).label, why);
  for (const { place, version } of shown) AHEAD.forEach((more) => add(place, version + more, "older"));
  for (let place = 1; place <= PLACES; place++)
    if (shown.every((one) => one.place !== place)) add(place, 1, "missing");
  return labels;
}

// What it says

export function conditionsOf({ pledge }: Slip): Condition[] {
  return asList(pledge["conditions"]).map((one) => asObject(one) as unknown as Condition);
}

/** Does it wait for something on this day, as far as she knows? */
export function isLive(slip: Slip, day: string): boolean {
  return !slip.ended && conditionsOf(slip).length > 0 && asText(slip.pledge["expires"]) >= day;
}

/** Do as many keepers hold it as are needed? */
export function isHeld(slip: Slip): boolean {
  return Object.keys(slip.receipts).length >= asCount(slip.pledge["needs"]);
}

/** Is some held and some not: fewer hold it than are needed, or it was left in vain, as nobody answered about the names? */
export function isPartHeld(all: readonly Slip[], day: string): boolean {
  const lacks = (slip: Slip): boolean =>
    isLive(slip, day) ? !isHeld(slip) : !slip.ended && !slip.counted && slip.about !== "" && conditionsOf(slip).length === 0;
  return all.some((slip) => isLive(slip, day) && isHeld(slip)) && all.some(lacks);
}

/** Keepers that have not said that they hold it. */
export function without(slip: Slip): string[] {
  return Object.keys(asObject(slip.pledge["shares"])).filter((name) => slip.receipts[name] === undefined).sort();
}
