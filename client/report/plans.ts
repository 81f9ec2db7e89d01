// What is to be left with the keepers, from her answers and nothing else. Every report leaves at least one pledge:
// who sent it, held it or kept it looks the same from outside.
import { passCounts } from "../lib/carried.ts";
import type { Channel } from "../lib/card.ts";
import { activeMembers } from "../lib/card.ts";
import type { Condition } from "../lib/pledge.ts";
import { questionOf } from "./answers.ts";
import type { Person } from "./flow.ts";
import { identifiersOf, nameOf } from "./named.ts";
import { addDays, today } from "./texts.ts";
import type { Key } from "./texts.ts";
import { chosenChannels, readers } from "./visit.ts";
import type { Visit } from "./visit.ts";

export type Fate = "send" | "hold" | "keep";

/** A pledge to be: about whom (for her own pages), under what, for which team. Without conditions it opens for nobody. */
export interface Plan {
  about: string;
  written: readonly string[];
  conditions: readonly Condition[];
  channel: Channel | undefined;
}

/**
 * "What if nobody acts": `when` is no, 14, 28, 91 (days), or day, with `day` typed as day/month/year. `shown`: the keys
 * of who could open it when she last agreed to them.
 */
export interface After {
  when: string;
  day: string;
  channel: string;
  k: string;
  shown: string;
  who?: string; // `passes`: only staff with a pass count
}

export const SOONER: readonly string[] = ["14", "28", "91"];
const LEAST = "2";

export function fateOf(visit: Visit): Fate {
  const question = questionOf(visit.pack, visit.answers, "fate");
  const said = question === undefined ? undefined : visit.answers[question.id];
  return said === "hold" || said === "keep" ? said : "send";
}

/** People named for keepers: with each what can be compared. */
export function namedPeople(visit: Visit): Person[] {
  const question = questionOf(visit.pack, visit.answers, "named");
  const said = question === undefined ? undefined : visit.answers[question.id];
  return Array.isArray(said) ? (said as Person[]) : [];
}

export function afterOf(visit: Visit): After {
  const question = questionOf(visit.pack, visit.answers, "after");
  const said = (question === undefined ? {} : (visit.answers[question.id] ?? {})) as Partial<After>;
  const { when = "", day = "", channel = "", who = "", shown = "" } = said;
  return { when, day, channel, k: said.k || LEAST, who, shown };
}

/** The day itself (`YYYY-MM-DD`); empty where she wants none, or where what was typed is no day. */
export function dayOf({ when, day }: Pick<After, "when" | "day">, from = today()): string {
  if (SOONER.includes(when)) return addDays(from, Number(when));
  if (when !== "day") return "";
  const [d = "", m = "", y = ""] = day.split("/").map((part) => part.trim());
  const written = `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
  const made = new Date(`${written}T12:00:00Z`);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(written) && !Number.isNaN(made.getTime());
  return isDay && made.toISOString().slice(0, 10) === written ? written : "";
}

/** Teams a pledge can go to: somebody holds a key there who is not left out. Outside bodies first. */
export function beneficiaries(visit: Visit): Channel[] {
  const able = visit.card.channels.filter(
    (channel) => activeMembers(channel).length > 0 && readers(visit, [channel]).length > 0,
  );
  const chosen = new Set(chosenChannels(visit).map(({ id }) => id));
  const rank = ({ id, inside }: Channel): number => (inside ? 2 : 0) + (chosen.has(id) ? 0 : 1);
  return [...able].sort((a, b) => rank(a) - rank(b));
}

/** Who receives what opens: whom she picked, and nobody in their place; until she picks, an outside body. */
export function beneficiary(visit: Visit): Channel | undefined {
  const able = beneficiaries(visit);
  const picked = afterOf(visit).channel;
  return picked === "" ? able[0] : able.find(({ id }) => id === picked);
}

/** Is anything to open by itself? */
export function mayOpen(visit: Visit): boolean {
  const fate = fateOf(visit);
  return fate === "hold" || (fate === "send" && afterOf(visit).when !== "" && afterOf(visit).when !== "no");
}

/** Teams whose people can open it: those she sends it to, and the one that receives what opens by itself. */
export function teamsOf(visit: Visit): Channel[] {
  const to = mayOpen(visit) ? beneficiary(visit) : undefined;
  const chosen = fateOf(visit) === "send" ? chosenChannels(visit) : [];
  return to === undefined || chosen.includes(to) ? chosen : [...chosen, to];
}

/** Keys that can open what a team receives: its people's that are not left out, and its spare key. */
function openers(visit: Visit, channel: Channel): string[] {
  return [...readers(visit, [channel]).map(({ key }) => key), channel.custodian.key];
}

/** Her answer with the team and the people that she now agrees to; nothing where nothing is to open by itself. */
export function agreed(visit: Visit): After | undefined {
  const to = mayOpen(visit) ? beneficiary(visit) : undefined;
  return to && { ...afterOf(visit), channel: to.id, shown: openers(visit, to).join(" ") };
}

/** Those of the team who could not open it when she last agreed, by name; a new spare key by its team's. */
export function newOpeners(visit: Visit): { people: string[]; spare: boolean } {
  const to = beneficiary(visit);
  const before = afterOf(visit).shown.split(" ");
  if (to === undefined || before[0] === "") return { people: [], spare: false };
  const people = readers(visit, [to]).filter(({ key }) => !before.includes(key));
  return { people: people.map(({ label }) => label), spare: !before.includes(to.custodian.key) };
}

/** What is wrong with the day: it is none, is past, or lies after the end. Asked again before anything is left. */
export function dayFault({ expires }: Pick<Visit, "expires">, { when, day }: Pick<After, "when" | "day">): Key | "" {
  if (when !== "day") return "";
  const picked = dayOf({ when, day });
  return picked === "" ? "after.no-day" : picked <= today() ? "after.past" : picked > expires ? "after.late" : "";
}

/** The pledges of this report: one for each person named, at least one. The day hangs on the first alone. */
export function plansOf(visit: Visit, fate = fateOf(visit)): Plan[] {
  const after = afterOf(visit);
  const day = dayOf(after);
  const to = beneficiary(visit);
  const people = namedPeople(visit)
    .map((person) => ({ about: nameOf(person), written: identifiersOf(person, visit.card.name).written }))
    .filter(({ written }) => written.length > 0);
  // As many as would be held: who goes over from holding to keeping shows no more than who holds again.
  const nobody: Plan = { about: "", written: [], conditions: [], channel: undefined };
  if (fate === "keep") return people.length === 0 ? [nobody] : people.map(() => nobody);
  const isStaff = passCounts(visit.pass, today()) && after.who === "passes";
  const match: Condition[] = fate === "hold" ? [{ kind: "match", k: Number(after.k), who: isStaff ? "passes" : "anyone" }] : [];
  const dated: Condition[] = day === "" ? [] : [{ kind: "after", day, overseer: "" }];
  const all = (people.length === 0 ? [{ about: "", written: [] }] : people).map((one, index): Plan => {
    const conditions = to === undefined ? [] : [...(one.written.length > 0 ? match : []), ...(index === 0 ? dated : [])];
    return { ...one, conditions, channel: conditions.length > 0 ? to : undefined };
  });
  return all;
}
