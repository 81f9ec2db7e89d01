// What an overseer writes to those who hold a case: signed by her, sealed to their keys on the signed card. No DOM.
import { seal } from "../lib/age.ts";
import { FormatError, text, utf8 } from "../lib/bytes.ts";
import type { Bytes } from "../lib/bytes.ts";
import type { Card, Member } from "../lib/card.ts";
import { pad } from "../lib/padding.ts";
import { asDay, asText, exactly } from "../lib/shape.ts";
import { signStatement, verifyStatement } from "../lib/statement.ts";
import type { Signer } from "../lib/statement.ts";

/** A comment as the server lists it; whose key it is, it says. */
export interface Listed {
  id: string;
  name: string;
  key: string;
  sign: string;
  day: string;
  due: string;
  sealed: string;
}

/** Those of these keys that the signed card has, each once. Whoever is not on it gets nothing, whatever the server says. */
export function readersOf(card: Card, keys: readonly string[]): Member[] {
  const wanted = new Set(keys);
  const found = card.channels.flatMap(({ members }) => members).filter(({ key, state }) => state === "active" && wanted.has(key));
  return found.filter(({ key }, index) => found.findIndex((other) => other.key === key) === index);
}

/** The comment, sealed to these people and nobody else. */
export async function sealComment(words: string, of: { id: string; case: string; day: string }, to: readonly Member[], by: { key: string; signer: Signer }): Promise<Bytes> {
  if (to.length === 0) throw new FormatError("Nobody on the signed list holds this case.");
  const body = { by: by.key, case: of.case, day: of.day, id: of.id, text: words, to: to.map(({ key }) => key).sort() };
  return seal(pad(utf8(await signStatement("comment", body, by.signer))), to.map((one) => one.seal));
}

/** Reads one that was opened. Throws FormatError unless this key signed it, about this case, for the reader's key. */
export function readComment(opened: Uint8Array, listed: Pick<Listed, "id" | "key" | "sign">, of: string, mine: string): { day: string; text: string } {
  const end = opened.indexOf(0); // padded, so that its length says little
  const body = exactly(verifyStatement(text(end < 0 ? opened : opened.subarray(0, end)), "comment", listed.sign), ["by", "case", "day", "id", "text", "to"]);
  const to = Array.isArray(body["to"]) ? body["to"] : [];
  if (body["by"] !== listed.key || body["id"] !== listed.id || body["case"] !== of || !to.includes(mine)) throw new FormatError("This was written for another case, or for somebody else.");
  return { day: asDay(body["day"]), text: asText(body["text"]) };
}
