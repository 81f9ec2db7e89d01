// An institution's card: who receives reports, with the chain of signatures behind each key (formats,
// section 6).
import { checkRecipient } from "./age.ts";
import { fingerprint, FormatError, hash, keyId, unb64, utf8 } from "./bytes.ts";
import type { Json, JsonObject } from "./canonical.ts";
import { asCount, asDay, asFlag, asHash, asId, asList, asObject, asOneOf, asText, exactly } from "./shape.ts";
import { peekStatement, signStatement, verifyStatement } from "./statement.ts";
import type { Signer } from "./statement.ts";
import type { KnownKey } from "./grant.ts";

export interface Member {
  enrol: string;
  key: string;
  label: string;
  seal: string;
  sheet: boolean;
  sign: string;
  state: "active" | "retired";
}

export interface Custodian {
  key: string;
  needs: number;
  of: number;
  seal: string;
}

export interface Channel {
  about: string;
  custodian: Custodian;
  id: string;
  inside: boolean;
  members: Member[];
  name: string;
  on_call: boolean;
  prescribed: boolean;
}

/** `text` is the statement itself and `sha256` its hash: what a report names. */
export interface Card {
  channels: Channel[];
  day: string;
  demonstration: boolean;
  expires: string;
  installation: string;
  institution: string;
  name: string;
  pack: { id: string; sha256: string; version: string };
  previous: string;
  version: number;
  text: string;
  sha256: string;
}

/** The card, if the installation signed it and every key on it came in by the right signature. */
export function readCard(statement: string, installationKey: string): Card {
  const body = exactly(verifyStatement(statement, "card", installationKey), CARD);
  const institution = asText(body["institution"]);
  const pack = exactly(asObject(body["pack"]), ["id", "sha256", "version"]);
  return {
    channels: asList(body["channels"]).map((one) => readChannel(one, institution, installationKey)),
    day: asDay(body["day"]),
    demonstration: asFlag(body["demonstration"]),
    expires: asDay(body["expires"]),
    installation: asText(body["installation"]),
    institution,
    name: asText(body["name"]),
    pack: { id: asText(pack["id"]), sha256: asHash(pack["sha256"]), version: asText(pack["version"]) },
    previous: body["previous"] === "" ? "" : asHash(body["previous"]),
    version: asCount(body["version"], 1),
    text: statement,
    sha256: hash(utf8(statement)),
  };
}

const CARD = [
  "channels",
  "day",
  "demonstration",
  "expires",
  "installation",
  "institution",
  "name",
  "pack",
  "previous",
  "version",
];
const CHANNEL = ["about", "custodian", "id", "inside", "members", "name", "on_call", "prescribed"];
const MEMBER = ["enrol", "key", "label", "seal", "sheet", "sign", "state"];
const ENROL = ["by", "channel", "day", "institution", "key", "seal", "sign"];

/** Throws when the card's last day is before this day (`YYYY-MM-DD`). */
export function checkDay(card: Card, today: string): void {
  if (card.expires < today) throw new FormatError("The list of people who receive reports is out of date.");
}

export function activeMembers(channel: Channel): Member[] {
  return channel.members.filter((member) => member.state === "active");
}

/** Names of the teams whose spare key on paper is another one than before. */
export function newCustodians(before: readonly Channel[], now: readonly Channel[]): string[] {
  const old = new Map(before.map(({ id, custodian }) => [id, custodian.key]));
  return now.filter(({ id, custodian }) => old.has(id) && old.get(id) !== custodian.key).map(({ name }) => name);
}

/** What the card says of a key. `retired` only if nobody active on it has the same label: a key can be changed. */
export function onCard(card: Card, key: string): { label: string; standing: "active" | "retired" | "unknown" } {
  const members = card.channels.flatMap((channel) => channel.members);
  const label = members.find((member) => member.key === key)?.label;
  if (label === undefined) return { label: "", standing: "unknown" };
  const isActive = members.some((member) => member.label === label && member.state === "active");
  return { label, standing: isActive ? "active" : "retired" };
}

/**
 * These keys and every other key on the card under the label of one of them. A card names no persons: one
 * label is taken for one person, so that nobody who is shut out reads along by a second key.
 */
export function samePeople(card: Card, keys: readonly string[]): string[] {
  const members = card.channels.flatMap((channel) => channel.members);
  const labels = new Set(members.filter(({ key }) => keys.includes(key)).map(({ label }) => label));
  const theirs = members.filter(({ label }) => labels.has(label)).map(({ key }) => key);
  return [...new Set([...keys, ...theirs])].sort();
}

/** All handlers' keys of a card, retired ones included: whose signatures count in a case. */
export function knownHandlers(card: Card): [string, KnownKey][] {
  const members = card.channels.flatMap((channel) => channel.members);
  return members.map((member) => [member.key, { sign: member.sign, role: "handler" }]);
}

export interface NewEnrol {
  by: string; // key id of the signer, or "installation"
  channel: string;
  day: string;
  institution: string;
  member: { key: string; seal: string; sign: string };
}

/** The signature by which a key enters a channel. */
export function makeEnrol(enrol: NewEnrol, signer: Signer): Promise<string> {
  const { by, channel, day, institution, member } = enrol;
  if (keyId(member.sign, member.seal) !== member.key)
    throw new FormatError("This key does not have the id it claims.");
  const body = {
    by,
    channel,
    day,
    institution,
    key: member.key,
    seal: fingerprint(member.seal),
    sign: member.sign,
  };
  return signStatement("enrol", body, signer);
}

function readChannel(value: Json, institution: string, installationKey: string): Channel {
  const body = exactly(asObject(value), CHANNEL);
  const id = asId(body["id"]);
  const members: Member[] = [];
  for (const one of asList(body["members"])) {
    const member = readMember(one);
    if (members.some((earlier) => earlier.key === member.key))
      throw new FormatError("A key is on the card twice.");
    checkEnrol(member, members, { institution, channel: id, installationKey });
    members.push(member);
  }
  return {
    about: asText(body["about"]),
    custodian: readCustodian(asObject(body["custodian"])),
    id,
    inside: asFlag(body["inside"]),
    members,
    name: asText(body["name"]),
    on_call: asFlag(body["on_call"]),
    prescribed: asFlag(body["prescribed"]),
  };
}

function readMember(value: Json): Member {
  const body = exactly(asObject(value), MEMBER);
  const member: Member = {
    enrol: asText(body["enrol"]),
    key: asId(body["key"]),
    label: asText(body["label"]),
    seal: checkRecipient(asText(body["seal"])),
    sheet: asFlag(body["sheet"]),
    sign: asText(body["sign"]),
    state: asOneOf(body["state"], ["active", "retired"] as const),
  };
  unb64(member.sign, 32);
  if (keyId(member.sign, member.seal) !== member.key)
    throw new FormatError("A key on the card has a wrong id.");
  return member;
}

function readCustodian(body: JsonObject): Custodian {
  exactly(body, ["key", "needs", "of", "seal"]);
  const seal = checkRecipient(asText(body["seal"]));
  const custodian = {
    key: asId(body["key"]),
    needs: asCount(body["needs"], 2),
    of: asCount(body["of"], 2),
    seal,
  };
  if (keyId("", seal) !== custodian.key)
    throw new FormatError("A custodian's key on the card has a wrong id.");
  if (custodian.needs > custodian.of) throw new FormatError("More shares are needed than there are.");
  return custodian;
}

interface Place {
  institution: string;
  channel: string;
  installationKey: string;
}

// The first member is let in by the installation, every other by a member who was there before.
function checkEnrol(member: Member, earlier: readonly Member[], place: Place): void {
  const by = asText(peekStatement(member.enrol, "enrol")["by"]);
  const isFirst = earlier.length === 0;
  const sign =
    isFirst && by === "installation" ? place.installationKey : earlier.find((one) => one.key === by)?.sign;
  if (sign === undefined)
    throw new FormatError("A key came on the card without the signature of somebody already there.");
  const body = exactly(verifyStatement(member.enrol, "enrol", sign), ENROL);
  asDay(body["day"]);
  const isThisOne =
    body["channel"] === place.channel &&
    body["institution"] === place.institution &&
    body["key"] === member.key &&
    body["seal"] === fingerprint(member.seal) &&
    body["sign"] === member.sign;
  if (!isThisOne) throw new FormatError("The signature behind a key on the card is about something else.");
}
