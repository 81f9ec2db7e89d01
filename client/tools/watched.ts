// Somebody to look after, from intake to a guardian: signed, and sealed to her key on the signed card. No DOM.
import { seal } from "../lib/age.ts";
import { FormatError, newId, text, utf8 } from "../lib/bytes.ts";
import type { Bytes } from "../lib/bytes.ts";
import type { Card, Member } from "../lib/card.ts";
import { pad } from "../lib/padding.ts";
import { asDay, asId, asSortedTexts, asText, exactly } from "../lib/shape.ts";
import { peekStatement, signStatement, verifyStatement } from "../lib/statement.ts";
import type { OpenCase } from "../desk/opened.ts";
import type { Watched } from "./adverse.ts";

/** Members of outside teams who are on none inside: a guardian stands outside both lines. */
export function guardiansOn(card: Card, shut: readonly string[]): (Member & { team: string })[] {
  const inside = new Set(card.channels.filter((one) => one.inside).flatMap(({ members }) => members.map(({ label }) => label)));
  const outside = card.channels.filter((one) => !one.inside).flatMap(({ name, members }) => members.map((member) => ({ ...member, team: name })));
  return outside.filter(({ key, state, label }, index) => state === "active" && !inside.has(label) && !shut.includes(key) && outside.findIndex((other) => other.key === key) === index);
}

/** The entry, sealed to the guardian. */
export async function sealWatched(open: OpenCase, to: Member, who: Pick<Watched, "name" | "numbers" | "emails">): Promise<{ id: string; sealed: Bytes }> {
  const id = newId();
  const { case: whole, day } = open.answer;
  const body = {
    by: open.me.key,
    case: `${whole.slice(0, 3)}-${whole.slice(3, 6)}`.toUpperCase(),
    emails: [...new Set(who.emails)].sort(),
    id,
    name: who.name,
    numbers: [...new Set(who.numbers)].sort(),
    reported: day,
    to: to.key,
  };
  return { id, sealed: await seal(pad(utf8(await signStatement("watched", body, open.me.signer))), [to.seal]) };
}

/** Reads one that was opened. Throws FormatError unless a handler of the card signed it for this key and id. */
export function readWatched(opened: Uint8Array, id: string, mine: string, card: Card): Watched {
  const end = opened.indexOf(0); // padded, so that the length of a name does not show
  const statement = text(end < 0 ? opened : opened.subarray(0, end));
  const by = asId(peekStatement(statement, "watched")["by"]);
  const member = card.channels.flatMap(({ members }) => members).find(({ key }) => key === by);
  if (member === undefined) throw new FormatError("Somebody who is not on the signed list wrote this.");
  const body = exactly(verifyStatement(statement, "watched", member.sign), ["by", "case", "emails", "id", "name", "numbers", "reported", "to"]);
  if (body["to"] !== mine || body["id"] !== id) throw new FormatError("This was written for somebody else.");
  return { id, name: asText(body["name"]), numbers: asSortedTexts(body["numbers"]), emails: asSortedTexts(body["emails"]), reported: asDay(body["reported"]), case: asText(body["case"]) };
}
