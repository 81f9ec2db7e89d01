// What one visit holds, all of it in memory and nowhere else. `wipe` empties it.
import { FormatError } from "../lib/bytes.ts";
import { activeMembers, checkDay, readCard, samePeople } from "../lib/card.ts";
import type { Card, Channel } from "../lib/card.ts";
import type { Json } from "../lib/canonical.ts";
import { RecordWatch } from "../lib/record-watch.ts";
import type { Names } from "./answers.ts";
import type { Answers, Exclusion } from "./flow.ts";
import { chosen } from "./flow.ts";
import { questionOf } from "./answers.ts";
import type { Picked } from "./files.ts";
import { checkShown, shownBy } from "../lib/seen.ts";
import { fetchPack, fillPack, inLanguages } from "./pack.ts";
import type { Printed } from "./pictures.ts";
import type { Pack } from "./pack.ts";
import { addDays, isLanguage, longDay, texts, today, writeIn } from "./texts.ts";
import type { Language, Texts } from "./texts.ts";

export const KEEP_DAYS = 730; // what is kept here is deleted after this, unless she goes on with it; what is held by keepers, unless she holds it again

/** What the page carries from its server: same for everyone. */
export interface Site {
  slug: string;
  installation: string;
  key: string;
  leave: string;
  /** Hash of the keepers' roster; empty where there are no keepers. */
  pin: string;
}

export interface Visit {
  site: Site;
  card: Card;
  /** The pack in each of its languages, and the one she reads. */
  packs: readonly Pack[];
  pack: Pack;
  t: Texts;
  expires: string;
  answers: Answers;
  asked: string[];
  passed: string[];
  quick: boolean;
  finishing: boolean;
  urgent: boolean;
  files: Picked[];
  /** Files lie in what is held, and could not be brought back. */
  filesLost?: boolean;
  /** The log, as this visit sees it. */
  watch: RecordWatch;
  prints: Printed[];
  /** The keepers that have seen the card, once that is checked. Nothing is sealed to anybody before. */
  seen?: Promise<readonly string[]>;
  /** Her staff pass, as it lies in her private record. */
  pass?: Json;
}

/** What the page carries from its server. */
export function readSite(): Site {
  const meta = (name: string): string =>
    document.querySelector<HTMLMetaElement>(`meta[name="upstander-${name}"]`)?.content ?? "";
  const slug = location.pathname.split("/")[1] ?? "";
  return { slug, installation: meta("installation"), key: meta("key"), leave: meta("leave"), pin: meta("roster") };
}

/** Card and pack of this address, checked. */
export async function begin(site: Site): Promise<Visit> {
  const shown = await shownBy(site);
  const card = ownCard(shown.card, site);
  const seen = checkShown(site, shown, today());
  const expires = addDays(today(), KEEP_DAYS);
  const packs = await packsOf(site, card, card.pack.sha256, expires);
  const pack = packs[0]!;
  writeIn(languageOf(pack));
  return { site, card, packs, pack, t: texts(pack), expires, watch: new RecordWatch(site), seen, ...nothingSaid() };
}

/** The pack with this hash in each of its languages, its own first, with what is known filled in, as it can be asked here. */
export async function packsOf(site: Site, card: Card, sha256: string, expires: string): Promise<Pack[]> {
  return inLanguages(await fetchPack(sha256)).map((pack) => {
    writeIn(languageOf(pack));
    return withKeepers(fillPack(pack, fillsOf(card, expires)), site);
  });
}

// Language

export function languageOf(pack: Pack): Language {
  return isLanguage(pack.language) ? pack.language : "en";
}

/** From here on she reads this language. It is not kept, and no server is told. */
export function speak(visit: Visit, language: Language): void {
  visit.pack = visit.packs.find((pack) => pack.language === language) ?? visit.packs[0]!;
  visit.t = texts(visit.pack);
  writeIn(languageOf(visit.pack));
}

/** What she could read it in besides. */
export function otherLanguages(visit: Visit): Language[] {
  return visit.packs.map(languageOf).filter((language) => language !== visit.pack.language);
}

/** The questions as they can be asked here: without keepers nothing is held, and nothing goes on by itself. */
export function withKeepers(pack: Pack, { pin }: Site): Pack {
  if (pin !== "") return pack;
  const needs = new Set(Object.values(pack.questions).filter(({ kind }) => kind === "named" || kind === "after"));
  const left = (ids: readonly string[]): string[] => ids.filter((id) => !needs.has(pack.questions[id]!));
  const questions = Object.values(pack.questions).map((question) =>
    question.kind === "fate"
      ? { ...question, options: question.options.filter(({ id }) => id !== "hold") }
      : question,
  );
  return {
    ...pack,
    questions: Object.fromEntries(questions.filter((one) => !needs.has(one)).map((one) => [one.id, one])),
    paths: Object.fromEntries(Object.entries(pack.paths).map(([name, ids]) => [name, left(ids)])),
  };
}

/** The card, if it is this address's own and has not run out. Another institution's would name other readers. */
export function ownCard(statement: string, site: Site): Card {
  const card = readCard(statement, site.key);
  if (card.institution !== site.slug || card.installation !== site.installation)
    throw new FormatError("This is the card of another address.");
  checkDay(card, today());
  return card;
}

function fillsOf(card: Card, expires: string): Readonly<Record<string, string>> {
  return { institution: card.name, expires: longDay(expires) };
}

type Said = Pick<Visit, "answers" | "asked" | "passed" | "quick" | "finishing" | "urgent" | "files" | "prints">;

function nothingSaid(): Said {
  const nothing = { answers: {}, asked: [], passed: [], files: [], prints: [] };
  return { ...nothing, quick: false, finishing: false, urgent: false };
}

export function wipe(visit: Visit): void {
  delete visit.pass;
  delete visit.filesLost;
  Object.assign(visit, nothingSaid());
}

// Who can open it

/** Channels she chose, in the order of the card. */
export function chosenChannels(visit: Visit): Channel[] {
  const question = questionOf(visit.pack, visit.answers, "bodies");
  const ids = question === undefined ? [] : chosen(visit.answers[question.id]);
  return visit.card.channels.filter((channel) => ids.includes(channel.id));
}

export function exclusion(visit: Visit): Exclusion {
  const question = questionOf(visit.pack, visit.answers, "exclude");
  const value = question === undefined ? undefined : visit.answers[question.id];
  const isOne = typeof value === "object" && "unticked" in value;
  return isOne ? (value as Exclusion) : { unticked: [], typed: "" };
}

export interface Reader {
  key: string;
  label: string;
  channel: string;
}

/** The people who could open it, were it sent to these channels now; each once. */
export function readers(visit: Visit, channels: readonly Channel[]): Reader[] {
  const out = new Set(samePeople(visit.card, exclusion(visit).unticked));
  const found = new Map<string, Reader>();
  for (const channel of channels)
    for (const { key, label } of activeMembers(channel))
      if (!out.has(key) && !found.has(key)) found.set(key, { key, label, channel: channel.name });
  return [...found.values()];
}

/**
 * Keys of the people she left out, with their other keys, of whatever team: somebody on a team she did not choose
 * could be let in later.
 */
export function leftOut(visit: Visit): string[] {
  const members = new Set(visit.card.channels.flatMap((channel) => channel.members.map(({ key }) => key)));
  const unticked = exclusion(visit).unticked.filter((key) => members.has(key));
  return samePeople(visit.card, unticked);
}

/** How many people she left out, as the card names them. */
export function leftOutCount(visit: Visit): number {
  const keys = leftOut(visit);
  const members = visit.card.channels.flatMap((channel) => channel.members);
  return new Set(members.filter(({ key }) => keys.includes(key)).map(({ label }) => label)).size;
}

/** A member of any channel whose label is what she typed, or holds it as a word. */
export function membersCalled(visit: Visit, typed: string): string[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === "") return [];
  const members = visit.card.channels.flatMap(activeMembers);
  return members
    .filter(({ label }) => label.toLowerCase() === wanted || firstPart(label) === wanted)
    .map(({ key }) => key);
}

function firstPart(label: string): string {
  return label.toLowerCase().split(",")[0]!.trim();
}

/** How channels, members and the rest are named, in the language of the pack. */
export function names({ card }: Visit, pack: Pack): Names {
  const t = texts(pack);
  return {
    unknown: t("button.dont-know"),
    channels: new Map(card.channels.map(({ id, name }) => [id, name])),
    members: new Map(
      card.channels.flatMap(({ members }) =>
        members.map(({ key, label }) => [key, `${t("say.left-out")}: ${label}`]),
      ),
    ),
    typed: (name) => t("exclude.typed-as", { name }),
    to: (from, to) => t("dates.span", { from, to }),
    person: (n) => t("person", { n }),
    month: (n) => new Date(2000, n - 1, 1).toLocaleDateString(languageOf(pack), { month: "long" }),
  };
}
