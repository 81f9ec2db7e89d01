// The roster: who the keepers are and the key they share, signed by every one of them; their transport keys of the
// month; their receipts (formats, section 14).
import { checkRecipient } from "./age.ts";
import { FormatError, hash, text, unb64 } from "./bytes.ts";
import { encode } from "./canonical.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { checkSharedKey } from "./oprf.ts";
import type { SharedKey } from "./oprf.ts";
import { asCount, asDay, asList, asObject, asText, exactly } from "./shape.ts";
import { peekStatement, verifyStatement } from "./statement.ts";

export interface Keeper {
  readonly name: string;
  readonly address: string;
  readonly place: number;
  readonly part: Uint8Array;
  readonly sign: string;
}

/**
 * All keepers of one epoch. `sha256` is what the page pins: the hash of what they signed, without the keepers' parts
 * of the key. Those follow from the key and are renewed under it each month.
 */
export interface Roster extends SharedKey {
  readonly epoch: string;
  readonly keepers: readonly Keeper[];
  readonly sha256: string;
}

/** The roster, if every keeper on it signed it: one statement each, in the order in which it names them. */
export function readRoster(texts: readonly string[]): Roster {
  const body = exactly(peekStatement(texts[0] ?? "", "roster"), ["epoch", "keepers", "key", "needs"]);
  const keepers = asList(body["keepers"]).map(readKeeper);
  const signs = new Set(keepers.map((one) => one.sign));
  if (keepers.some((one, i) => i > 0 && one.name <= keepers[i - 1]!.name) || signs.size !== keepers.length)
    throw new FormatError("Two keepers have one key, or their names are out of order.");
  if (keepers.length !== texts.length)
    throw new FormatError("The roster is not signed by every keeper on it.");
  const written = text(encode(body));
  keepers.forEach((keeper, i) => {
    if (text(encode(verifyStatement(texts[i]!, "roster", keeper.sign))) !== written)
      throw new FormatError("The keepers did not sign the same roster.");
  });
  const roster: Roster = {
    epoch: asName(body["epoch"]),
    needs: asCount(body["needs"], 2),
    key: unb64(asText(body["key"]), 32),
    keepers,
    sha256: hash(encode({ ...body, keepers: asList(body["keepers"]).map(withoutPart) })),
  };
  checkSharedKey(roster);
  return roster;
}

/** The age recipient to which notes for this keeper are sealed in this month (`YYYY-MM`). */
export function readTransport(statement: string, keeper: Keeper, month: string): string {
  const body = verifyStatement(statement, "transport", keeper.sign);
  exactly(body, ["keeper", "month", "recipient"]);
  if (body["keeper"] !== keeper.name || body["month"] !== month)
    throw new FormatError("This key is another keeper's, or of another month.");
  return checkRecipient(asText(body["recipient"]));
}

/** Refuses a receipt that is not this keeper's, of this kind, for this sealed note. */
export function checkReceipt(
  receipt: string,
  kind: "held" | "asked",
  keeper: Keeper,
  note: Uint8Array,
): void {
  const body = exactly(verifyStatement(receipt, kind, keeper.sign), ["day", "keeper", "note"]);
  asDay(body["day"]);
  if (body["keeper"] !== keeper.name || body["note"] !== hash(note))
    throw new FormatError("This receipt is for something else.");
}

/** A month, `YYYY-MM`. */
export function asMonth(value: Json | undefined): string {
  if (typeof value !== "string" || !/^[0-9]{4}-(0[1-9]|1[0-2])$/.test(value))
    throw new FormatError("Expected a month: YYYY-MM.");
  return value;
}

/** The name of a keeper or of an epoch. */
export function asName(value: Json | undefined): string {
  if (typeof value !== "string" || !/^[a-z0-9][a-z0-9-]{0,31}$/.test(value))
    throw new FormatError("Expected a name: a to z, 0 to 9, hyphens.");
  return value;
}

function withoutPart(keeper: Json): JsonObject {
  return Object.fromEntries(Object.entries(asObject(keeper)).filter(([name]) => name !== "part"));
}

function readKeeper(value: Json): Keeper {
  const body: JsonObject = exactly(asObject(value), ["address", "name", "part", "place", "sign"]);
  unb64(asText(body["sign"]), 32);
  return {
    name: asName(body["name"]),
    address: asText(body["address"]),
    place: asCount(body["place"], 1),
    part: unb64(asText(body["part"]), 32),
    sign: asText(body["sign"]),
  };
}
