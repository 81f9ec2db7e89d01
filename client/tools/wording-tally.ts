// What is counted of a text that was checked, and how a place in it is shown. Pure; counts only, never text.
import type { Hit, WordingRule } from "./wording.ts";

/** Of one rule: how often it was shown, written anew, and left with a reason. */
export interface Tally {
  rule: string;
  shown: number;
  rewritten: number;
  stood: number;
}

/** A hit that stays, and why. */
export interface Stand {
  hit: Hit;
  why: string;
}

/** `shown`: rules by every hit that was ever shown for this text; `stood`: the hits that are still there. */
export function tally(shown: ReadonlyMap<string, number>, stood: readonly Hit[]): Tally[] {
  const rules = [...new Set([...shown.keys(), ...stood.map(({ rule }) => rule)])].sort();
  return rules.map((rule) => {
    const left = stood.filter((hit) => hit.rule === rule).length;
    const most = Math.max(shown.get(rule) ?? 0, left);
    return { rule, shown: most, rewritten: most - left, stood: left };
  });
}

/** The most hits of each rule that were seen at one time. */
export function mostShown(before: ReadonlyMap<string, number>, hits: readonly Hit[]): Map<string, number> {
  const most = new Map(before);
  for (const { rule } of hits) {
    const now = hits.filter((hit) => hit.rule === rule).length;
    most.set(rule, Math.max(most.get(rule) ?? 0, now));
  }
  return most;
}

/** The words around a hit: before, the hit, after; cut at the sentence, or where it would be too long to read. */
export function around(text: string, { start, end }: Pick<Hit, "start" | "end">, most = 90): [string, string, string] {
  const before = text.slice(Math.max(0, start - most), start);
  const after = text.slice(end, end + most);
  const from = Math.max(before.lastIndexOf(". "), before.lastIndexOf("\n"));
  const stop = after.search(/[.!?](\s|$)|\n/);
  const isCut = from < 0 && start > most;
  const isLong = stop < 0 && end + most < text.length;
  return [
    (isCut ? "… " : "") + before.slice(from < 0 ? 0 : from + 1).trimStart(),
    text.slice(start, end),
    (stop < 0 ? after : after.slice(0, stop + 1)) + (isLong ? " …" : ""),
  ];
}

/** A note for handlers that says why words were left as they are. */
export function standNote(stands: readonly Stand[], rules: readonly WordingRule[]): string {
  const parts = stands.map(({ hit, why }) => {
    const rule = rules.find(({ id }) => id === hit.rule);
    return `Words: “${hit.text}”\nWhat was said about them: ${rule?.why ?? hit.rule}\nWhy they stand: ${why}`;
  });
  return ["Words that were left as they are in a text that was signed today.", ...parts].join("\n\n");
}
