// What the page says about pledges: what was asked for, who holds it, and the ways to change her mind.
import type { Card } from "../lib/card.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Condition } from "../lib/pledge.ts";
import { asCount, asObject, asText } from "../lib/shape.ts";
import type { Leaving } from "./pledges.ts";
import { conditionsOf, isHeld, isLive, without } from "./slips.ts";
import type { Kept, Slip } from "./slips.ts";
import { longDay } from "./texts.ts";
import type { Texts } from "./texts.ts";
import { button, div, h2, liveRegion, para } from "./view.ts";

/** What she may do about one of them; each says on the page how it went. */
export interface Minding {
  say(kept: Kept, what: "stop" | "go" | "end", status: HTMLElement): void;
  again(kept: Kept, status: HTMLElement): void;
}

/** Everything that waits, or was taken back. Nothing where there is nothing of the kind. */
export function heldPart(t: Texts, card: Card, all: readonly Kept[], act: Minding): Child {
  const shown = all.filter(({ slip }) => conditionsOf(slip).length > 0 && (isLive(slip) || slip.ended));
  return shown.length === 0 ? null : [
    h2(t("held.part")),
    h("div", { class: "held-said", role: "status", "aria-live": "polite" }),
    shown.map((kept) => one(t, card, kept, act, shown.length > 1 ? kept.slip.about : "")),
  ];
}

/** `which` tells the buttons of several apart for whoever hears them. */
function one(t: Texts, card: Card, kept: Kept, act: Minding, which: string): HTMLElement {
  const { slip } = kept;
  const status = liveRegion("small");
  if (slip.ended) return div("flow-s held", says(t, card, slip), para("", t("held.ended")));
  const small = (words: string, press: () => void): HTMLElement => {
    const made = button(words, press, "other sm");
    if (which !== "") made.append(h("span", { class: "vh" }, `: ${which}`));
    return made;
  };
  const say = (what: "stop" | "go" | "end", words: string): HTMLElement =>
    small(words, () => act.say(kept, what, status));
  const isDated = conditionsOf(slip).some(({ kind }) => kind === "after");
  return div(
    "flow-s held",
    says(t, card, slip),
    holders(t, slip),
    div(
      "acts tight",
      isDated && (slip.stopped ? say("go", t("held.go")) : say("stop", t("held.stop"))),
      say("end", t("held.end")),
      without(slip).length > 0 && small(t("held.ask"), () => act.again(kept, status)),
    ),
    status,
  );
}

/** The conditions, in words. */
function says(t: Texts, card: Card, slip: Slip): HTMLElement[] {
  const team = teamOf(card, asText(asObject(slip.pledge["beneficiary"]!)["channel"]));
  return conditionsOf(slip).map((condition) =>
    para("", conditionText(t, condition, { team, about: slip.about, stopped: slip.stopped })),
  );
}

function conditionText(
  t: Texts,
  condition: Condition,
  { team, about, stopped }: { team: string; about: string; stopped: boolean },
): string {
  if (condition.kind === "after")
    return t(stopped ? "held.after-stopped" : "held.after", { team, day: longDay(condition.day) });
  const fills = { number: condition.k, team, name: about };
  const text = t(about === "" ? "held.match" : "held.match-about", fills);
  return condition.who === "passes" ? `${text} ${t("held.staff")}` : text;
}

function teamOf(card: Card, channel: string): string {
  return card.channels.find(({ id }) => id === channel)?.name ?? card.name;
}

/** Who signed for it, and who did not. */
function holders(t: Texts, slip: Slip): HTMLElement[] {
  const number = asCount(slip.pledge["needs"]);
  const lacking = without(slip).join(", ");
  const few = para("doubt", t("held.few", { number, names: lacking }));
  if (!isHeld(slip)) return [few];
  const by = para("small", t("held.by", { names: Object.keys(slip.receipts).sort().join(", ") }));
  return lacking === "" ? [by] : [by, para("small", t("held.lacking", { names: lacking, number }))];
}

/** On the receipt: what becomes of what she asked for, read out when it is known. */
export function leavingPart(
  t: Texts,
  all: readonly Leaving[],
  done: Promise<unknown>,
  again: () => void,
): Child {
  const asked = all.filter(({ plan }) => plan.conditions.length > 0 || plan.written.length > 0);
  if (asked.length === 0) return null;
  const status = liveRegion("flow-s");
  status.textContent = t("held.setting");
  void done.then(() => status.replaceChildren(...asked.flatMap((one) => leftWith(t, one, again))));
  return h("section", { class: "flow measure" }, h2(t("held.part")), status);
}

/** One of them, as it stands now. */
export function leftWith(t: Texts, one: Leaving, again: () => void): HTMLElement[] {
  const { plan, slip, enough } = one;
  const waits = plan.conditions.length > 0;
  if (!waits) return [para("", t(enough && slip?.counted === true ? "held.counts" : "held.not-counted"))];
  const team = plan.channel?.name ?? "";
  const words = plan.conditions.map((condition) =>
    para("", conditionText(t, condition, { team, about: plan.about, stopped: false })),
  );
  const files = one.filesLeft ? [para("doubt", t("held.files-left"))] : [];
  if (slip !== undefined && enough) return [...words, ...files, ...holders(t, slip)];
  const names = one.missing.join(", ");
  const unset = names === "" ? t("held.unset") : `${t("held.unset")} ${t("held.missing", { names })}`;
  const few = para("doubt", slip === undefined ? unset : t("held.few", { number: asCount(slip.pledge["needs"]), names }));
  const press = button(
    t("held.again"),
    () => {
      press.disabled = true;
      few.textContent = t("held.setting");
      again();
    },
    "other sm",
  );
  few.setAttribute("role", "status");
  return [...words, few, ...(one.why === "" ? [] : [para("small", one.why)]), div("acts tight", press)];
}
