// A linked group as `upstander open --keepers` wrote it down: reading it, what it says in words, what can be said of it.
import { FormatError, text, utf8 } from "../lib/bytes.ts";
import { decode } from "../lib/canonical.ts";
import type { JsonObject } from "../lib/canonical.ts";
import { bucket } from "../lib/padding.ts";
import { asList, asObject, asText, exactly } from "../lib/shape.ts";

/** One identifier that reports have in common: its kinds as the reports say, and which reports. */
export interface Common {
  kinds: readonly string[];
  reports: readonly string[];
}

export interface Group {
  id: string;
  reports: readonly string[]; // pledge ids, in an order that says nothing
  common: readonly Common[];
  readers: readonly string[]; // key ids that every report is sealed to; none in files from before that was written
}

/** The marks there are, and what each says (`keepers/linked.py`). */
export const MARKS: Readonly<Record<string, string>> = {
  "could-be-subject": "One of these could be the subject, or a friend of the subject.",
  "not-subject": "Nothing says that one of these is the subject or a friend.",
  "one-source": "These go back to one source.",
  "several-sources": "These do not go back to one source.",
  "same-reporter": "These are by the same reporter.",
  "not-same-person": "These do not name the same person after all.",
  independent: "These are independent of each other.",
};
/** The first task: each question with the two answers to it. */
export const FIRST = [
  ["Could one of these be the subject, or a friend of the subject?", ["could-be-subject", "not-subject"]],
  ["Do they share one source: one rumour, one post, one conversation?", ["one-source", "several-sources"]],
] as const;
const KINDS: Readonly<Record<string, string>> = {
  collar: "a collar number",
  email: "an e-mail address",
  handle: "a name on a network",
  name: "a name with force and station",
  phone: "a phone number",
  warrant: "a warrant number",
};

/** Groups and case ids by pledge id, from the opened bytes of `linked.age`. */
export function readLinked(opened: Uint8Array): { groups: Group[]; cases: JsonObject } {
  const body = exactly(asObject(decode(unpadded(opened))), ["cases", "format", "groups"]);
  const v2 = body["format"] === "upstander/linked/v2";
  if (!v2 && body["format"] !== "upstander/linked/v1") throw new FormatError("This file is of another kind.");
  const texts = (value: JsonObject[string]): string[] => asList(value).map(asText);
  const groups = asList(body["groups"]).map((one) => {
    const group = exactly(asObject(one), ["common", "group", ...(v2 ? ["readers"] : []), "reports"]);
    const common = asList(group["common"]).map((each) => {
      const part = exactly(asObject(each), ["kinds", "label", "reports"]);
      return { kinds: texts(part["kinds"]!), reports: texts(part["reports"]!) };
    });
    return { id: asText(group["group"]), reports: texts(group["reports"]!), common, readers: v2 ? texts(group["readers"]!) : [] };
  });
  return { groups, cases: asObject(body["cases"]) };
}

/** What reports of a group have in common, in words. */
export function inCommon(group: Group): string[] {
  return group.common.map(({ kinds, reports }) => {
    const kind = kinds.map((one) => KINDS[one] ?? one).join(" and ") || "an identifier of a kind the reports do not say";
    return `${reports.length} of ${group.reports.length} have in common: ${kind}.`;
  });
}

/**
 * To whom reasons are sealed: to those of the channel who can open every report of the group, and to oneself. Whoever
 * cannot may be the subject: a key that nobody has stands in for hers, so that not even the number tells.
 */
export function recipients(
  members: readonly { key: string; seal: string }[],
  me: string,
  group: Group,
  nobody: () => Promise<string>,
): Promise<string[]> {
  return Promise.all(members.map(({ key, seal }) => (key === me || group.readers.includes(key) ? seal : nobody())));
}

/** What is asked now: the first question that nobody has answered, and once both are, anything. */
export function askedNow(said: readonly string[]): { question: string; codes: readonly string[] } {
  const open = FIRST.find(([, answers]) => !answers.some((one) => said.includes(one)));
  if (open !== undefined) return { question: open[0], codes: open[1] };
  return { question: "What can you say of these reports?", codes: Object.keys(MARKS) };
}

/** Bytes without their padding and the line's end before it. */
export function unpadded(padded: Uint8Array): Uint8Array {
  const end = padded.indexOf(0);
  const data = end < 0 ? padded : padded.subarray(0, end);
  if (bucket(data.length) !== padded.length || padded.subarray(data.length).some((byte) => byte !== 0))
    throw new FormatError("The padding is wrong.");
  return utf8(text(data).replace(/\n$/, ""));
}
