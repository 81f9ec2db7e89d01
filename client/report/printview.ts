// What was done with her fingerprints, as the mailbox shows it, and the way to take them back.
import { Problem } from "../lib/api.ts";
import { buildTakeBack } from "../lib/acts.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { ActRow } from "../lib/record-acts.ts";
import type { Box } from "./mailbox.ts";
import { post } from "./send.ts";
import type { Doing } from "./send.ts";
import { longDay, today } from "./texts.ts";
import type { Key, Texts } from "./texts.ts";
import { button, div, link, prose, simple } from "./view.ts";
import type { Screen } from "./view.ts";
import type { Visit } from "./visit.ts";

const USES = ["basis", "authorised", "exported", "searched", "held", "stopped", "withdrawn"] as const;

/** Nothing where the report had no fingerprints. */
export function printsPart(t: Texts, box: Box, takeBack: () => void): Child {
  const uses = usesOf(box.inRecord.acts);
  if (box.prints === undefined && uses.length === 0) return null;
  const rows = uses.map(({ use, day }) => h("li", null, `${t(`prints.use.${use}` as Key)}, ${longDay(day)}`));
  const state = uses.some(({ use }) => use === "withdrawn") ? "prints.gone" : rows.length === 0 ? "prints.unused" : "prints.used";
  return [
    h("h2", { class: "h3" }, t("prints.yours")),
    div("small", prose(t(state))),
    rows.length > 0 && h("ul", { class: "small flow-s" }, rows),
    box.prints !== undefined && div("acts tight", button(t("prints.take-back"), takeBack, "other sm")),
  ];
}

/** Uses of her fingerprints by what they were and their day, oldest first. Whatever is no use is left out. */
export function usesOf(acts: readonly ActRow[]): { use: (typeof USES)[number]; day: string }[] {
  return acts.flatMap(({ kind, body, day }) => {
    const use = kind === "bank" ? USES.find((one) => one === body?.["use"]) : undefined;
    return use === undefined ? [] : [{ use, day }];
  });
}

export function takeBackPage({ t }: Visit, box: Box, take: () => void, keep: () => void): Screen {
  const out = usesOf(box.inRecord.acts).some(({ use }) => use === "exported");
  const says = [prose(t("take-back")), prose(t(out ? "take-back.out" : "take-back.in"))];
  return simple(t("take-back.title"), says, [button(t("prints.take-back"), take), link(t("take-back.keep"), keep)]);
}

/** Signs for it and sends it. Safe to call again: what is gone already is gone. */
export async function takeBack(visit: Visit, box: Box, tell: (doing: Doing) => void): Promise<void> {
  if (box.prints === undefined) return;
  const place = { institution: visit.card.institution, case: box.case, day: today(), log: box.keys.log, number: box.next };
  const made = await buildTakeBack(place, box.keys.signer, box.prints);
  try {
    await post(visit, made, box.token, tell, "mailbox/take-back");
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== "conflict") throw error;
  }
}
