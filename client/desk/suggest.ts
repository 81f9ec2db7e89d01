// Suggests how to code a report from its words, in the browser that opened it. Nothing of it is sent or kept.
import type { Json, JsonObject } from "../lib/canonical.ts";

/** Categories to look at first, with the words that led there; rough days as the reporter gave them. */
export interface Suggestion {
  categories: { id: string; because: string }[];
  since: string;
  until: string;
  source: string;
}

// A place to begin, never a finding: what matters most comes first. Words as people write them.
const SIGNS: readonly (readonly [string, RegExp])[] = [
  ["domestic-abuse", /\b(domestic|ex[- ]?(wife|husband|partner|girlfriend|boyfriend)|his (wife|partner|girlfriend)|her (husband|partner|boyfriend)|coercive)\b/i],
  ["position-sexual", /\b(met (her|him) on (a|the) (job|call)|witness(es)? .{0,40}(text|message|kiss)|slept with a (witness|victim|complainant)|sex(ual)? .{0,30}(victim|witness|informant))/i],
  ["sexual-assault", /\b(rap(e|ed|ing)|sexually assault\w*|groped|touched (me|her|him)|put his hand)\b/i],
  ["sexual-harassment", /\b(sexist|sexual (joke|comment|remark)s?|porn\w*|banter|come on to|asked me out|legs|upskirt\w*)\b/i],
  ["sexual-other", /\b(intimate|nude|private|naked) (picture|photo|image|video)s?\b/i],
  ["discrimination-race", /\b(racis\w*|black|asian|gypsy|traveller|accent|foreign)\b/i],
  ["discrimination-sex", /\b(because (I am|she is) a woman|women (can't|cannot|should)|misogyn\w*)\b/i],
  ["discrimination-sexual-orientation", /\b(homophob\w*|gay|lesbian|queer)\b/i],
  ["information-access", /\b(look(s|ed|ing)? (up|at) .{0,40}(record|system|address|car|partner)|PNC|searched .{0,30}(system|database))\b/i],
  ["use-of-force", /\b(punch\w*|kick\w*|baton|taser\w*|slammed|knee)\b/i],
  ["victimisation", /\b(because (I|she|he) (reported|complained|spoke)|moved (me|her|him) .{0,30}(after|since))\b/i],
  ["overbearing", /\b(bull(y|ied|ying)|shout\w*|humiliat\w*|harass\w*)\b/i],
];

/** `answers` are the report's own, as it was opened. */
export function suggest(answers: readonly JsonObject[]): Suggestion {
  const text = answers.map(({ text }) => (typeof text === "string" ? text : "")).join("\n");
  const found = SIGNS.flatMap(([id, sign]) => {
    const match = sign.exec(text);
    return match === null ? [] : [{ id, because: match[0] }];
  });
  const [since, until] = days(answers);
  return { categories: found.slice(0, 3), since, until, source: nearest(answers) };
}

function valueOf(answers: readonly JsonObject[], id: string): Json | undefined {
  return answers.find((answer) => answer["id"] === id)?.["value"];
}

function days(answers: readonly JsonObject[]): [string, string] {
  const dates = valueOf(answers, "when");
  const given = (Array.isArray(dates) ? dates : []).flatMap((one) => {
    const { from, to } = (one ?? {}) as Record<string, Json>;
    return [from, to].filter((day): day is string => typeof day === "string" && /^\d{4}(-\d{2}){0,2}$/.test(day));
  });
  given.sort();
  return [given[0] ?? "", given.at(-1) ?? ""];
}

const NEAREST: Record<string, string> = { saw: "saw", happened: "happened-to-me", told: "was-told", part: "saw" };

const PART =
  "The reporter says that she was part of it. She was told to get advice first. Do not ask her for more than she chose to tell: " +
  "whoever decides says how she is asked. That she came forward by herself is in the record from the day it arrived.";
const CHILD =
  "Somebody in a picture may be under 18. Do not ask for the picture, open it, copy it or pass it on, and ask the reporter not to. " +
  "Have it recorded as a crime at once, by people who may handle such a picture.";

/** What whoever opens a report has to know before anything else, from its coded answers. */
export function cautions(answers: readonly JsonObject[]): string[] {
  const said = (id: string, ...values: string[]) => values.includes(String(valueOf(answers, id) ?? ""));
  const child = said("pictures", "yes", "not-sure") || said("print-age", "no", "not-sure") || said("file", "maybe-child");
  return [...(child ? [CHILD] : []), ...(said("nearest", "part") ? [PART] : [])];
}

function nearest(answers: readonly JsonObject[]): string {
  return NEAREST[String(valueOf(answers, "nearest") ?? "")] ?? "";
}
