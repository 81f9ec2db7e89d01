// A slip: what a reporter needs to change her mind about a pledge, and what she was told. Sealed to herself, so that
// her seven words alone bring it back; our server keeps it and cannot read it (formats, section 14).
import { open, seal } from "../lib/age.ts";
import { b64, concat, FormatError, text, unb64, utf8 } from "../lib/bytes.ts";
import type { Bytes } from "../lib/bytes.ts";
import { decode, encode } from "../lib/canonical.ts";
import type { JsonObject } from "../lib/canonical.ts";
import type { ReceiptKeys } from "../lib/derive.ts";
import { asPledge } from "../lib/pledge.ts";
import type { Condition } from "../lib/pledge.ts";
import { verifyStatement } from "../lib/statement.ts";
import { asCount, asFlag, asList, asObject, asText, exactly } from "../lib/shape.ts";
import { today } from "./texts.ts";

export interface Slip {
  about: string; // the person, as she typed it
  pledge: JsonObject;
  entry: string;
  shares: Readonly<Record<string, string>>;
  receipts: Readonly<Record<string, string>>; // of keepers that hold it
  counted: boolean; // keepers were asked about its names
  number: number; // of the last stop, or its taking back
  stopped: boolean;
  ended: boolean;
}

/** A slip as it lies at our server, by the number it has there. */
export interface Kept {
  id: string;
  day: string;
  slip: Slip;
}

const HEAD = "upstander/pledge-slip/v1\n";
const SIZES: readonly number[] = [16, 64].map((size) => size * 1024); // bytes before sealing
const FIELDS = [
  ...["about", "counted", "ended", "entry", "number", "pledge", "receipts", "shares", "stopped"],
];

export async function sealSlip(slip: Slip, keys: ReceiptKeys): Promise<string> {
  const plain = concat(utf8(HEAD), encode({ ...slip }), utf8("\n"));
  const size = SIZES.find((one) => one >= plain.length);
  if (size === undefined) throw new FormatError("Too much is written about this person.");
  return b64(await seal(concat(plain, new Uint8Array(size - plain.length)), [keys.seal]));
}

/**
 * Anybody can seal something to her. What she would act on has to be a pledge of hers: under her key, with the entry
 * that she signed for it and for no other. What the slip says besides is only as good as who kept it.
 */
function checkOwn(pledge: JsonObject, entry: string, sign: string): void {
  if (pledge["verify"] !== sign) throw new FormatError("This is a pledge of somebody else.");
  if (verifyStatement(entry, "entry", sign)["pledge"] !== asPledge(pledge).id)
    throw new FormatError("This is another pledge than she made.");
}

export async function openSlip(sealed: string, keys: ReceiptKeys): Promise<Slip> {
  const padded: Bytes = await open(unb64(sealed), keys.identity);
  const end = padded.indexOf(0);
  const whole = text(end < 0 ? padded : padded.subarray(0, end));
  if (!whole.startsWith(HEAD) || !whole.endsWith("\n")) throw new FormatError("This is of another kind.");
  const body = exactly(asObject(decode(utf8(whole.slice(HEAD.length, -1)))), FIELDS);
  checkOwn(asObject(body["pledge"]!), asText(body["entry"]), keys.signer.sign);
  return {
    about: asText(body["about"]),
    pledge: asObject(body["pledge"]!),
    entry: asText(body["entry"]),
    shares: asTexts(asObject(body["shares"]!)),
    receipts: asTexts(asObject(body["receipts"]!)),
    counted: asFlag(body["counted"]),
    number: asCount(body["number"]),
    stopped: asFlag(body["stopped"]),
    ended: asFlag(body["ended"]),
  };
}

function asTexts(object: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, asText(value)]));
}

export function conditionsOf({ pledge }: Slip): Condition[] {
  return asList(pledge["conditions"]).map((one) => asObject(one) as unknown as Condition);
}

/** Does it wait for something, as far as she knows? */
export function isLive(slip: Slip): boolean {
  return !slip.ended && conditionsOf(slip).length > 0 && asText(slip.pledge["expires"]) >= today();
}

/** Do as many keepers hold it as are needed? */
export function isHeld(slip: Slip): boolean {
  return Object.keys(slip.receipts).length >= asCount(slip.pledge["needs"]);
}

/** Keepers that have not said that they hold it. */
export function without(slip: Slip): string[] {
  return Object.keys(asObject(slip.pledge["shares"]!)).filter((name) => slip.receipts[name] === undefined).sort();
}
