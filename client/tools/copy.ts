// The redacted copy of a case that was drawn in a dip sample: signed, and sealed to one overseer's key. No DOM.
import { seal } from "../lib/age.ts";
import { FormatError, keyId, text, utf8 } from "../lib/bytes.ts";
import type { Bytes } from "../lib/bytes.ts";
import type { Card } from "../lib/card.ts";
import { pad } from "../lib/padding.ts";
import { asDay, asId, asText, exactly } from "../lib/shape.ts";
import { peekStatement, signStatement, verifyStatement } from "../lib/statement.ts";
import type { OpenCase } from "../desk/opened.ts";
import { briefTexts } from "./brief.ts";

/** An overseer who waits for a copy of a case, as the server names her. */
export interface Wanted {
  drawn: string;
  name: string;
  until: string;
  key: string;
  seal: string;
  sign: string;
}

/** A copy as it opens. */
export interface Copy {
  by: string;
  day: string;
  text: string;
}

/** The investigator's version in force; empty where none is written, or where something is wrong with it. */
export function versionOf(open: OpenCase): string {
  const newest = briefTexts(open).find(({ kind }) => kind === "brief");
  return newest === undefined || newest.doubts.length > 0 ? "" : newest.text;
}

/** The copy, sealed to the overseer. Throws FormatError where the key is not the one whose groups were shown. */
export async function sealCopy(open: OpenCase, to: Wanted, version: string): Promise<Bytes> {
  if (keyId(to.sign, to.seal) !== to.key) throw new FormatError("This key is not the one that was compared.");
  const body = { by: open.me.key, case: open.answer.case, day: open.answer.today, drawn: to.drawn, text: version, to: to.key };
  return seal(pad(utf8(await signStatement("copy", body, open.me.signer))), [to.seal]);
}

/** Reads one that was opened. Throws FormatError unless a handler of the card signed it for this key, case and draw. */
export function readCopy(opened: Uint8Array, of: { drawn: string; case: string }, mine: string, card: Card): Copy {
  const end = opened.indexOf(0); // padded, so that its length says little
  const statement = text(end < 0 ? opened : opened.subarray(0, end));
  const by = asId(peekStatement(statement, "copy")["by"]);
  const member = card.channels.flatMap(({ members }) => members).find(({ key }) => key === by);
  if (member === undefined) throw new FormatError("Somebody who is not on the signed list wrote this.");
  const body = exactly(verifyStatement(statement, "copy", member.sign), ["by", "case", "day", "drawn", "text", "to"]);
  if (body["to"] !== mine || body["drawn"] !== of.drawn || body["case"] !== of.case) throw new FormatError("This was written for another person or another case.");
  return { by: member.label, day: asDay(body["day"]), text: asText(body["text"]) };
}
