// What the page says about pledges: what was asked for, who holds it, and the ways to change her mind.
import type { Card } from "../lib/card.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Condition } from "../lib/pledge.ts";
import { asCount, asObject, asText } from "../lib/shape.ts";
import { conditionsOf, isHeld, isLive, without } from "../lib/slips.ts";
import type { Kept, Slip } from "../lib/slips.ts";
import type { Going } from "./app.ts";
import type { Doubt, Leaving } from "./pledges.ts";
import { longDay, today } from "./texts.ts";
import type { Texts } from "./texts.ts";
import { button, div, h2, liveRegion, para } from "./view.ts";

/** What she may do about one of them; each says on the page how it went. */
export interface Minding {
  say(kept: Kept, what: "stop" | "go" | "end", status: HTMLElement): void;
  again(kept: Kept, status: HTMLElement): void;
  /** To a page where she adds what else she knows of the person; nothing where that is not known here. */
  add?(kept: Kept): (() => void) | undefined;
}

/** Is it hers to mind: does it wait, or count for others? What opens for nobody and is about nobody is not shown. */
function matters({ slip }: Kept): boolean {
  return conditionsOf(slip).length > 0 || slip.counted;
}

/**
 * Everything that waits, counts for others, or was taken back; and what can be told of what is not shown. Every report
 * leaves something: where nothing at all is shown, she is told what that does not mean.
 */
export function heldPart(t: Texts, card: Card, all: readonly Kept[], doubts: ReadonlySet<Doubt>, act: Minding): Child {
  const shown = all.filter((kept) => matters(kept) && (kept.slip.ended || kept.slip.counted || isLive(kept.slip, today())));
  const doubted = [...doubts].sort().map((doubt) => para("doubt", h("strong", null, t(`held.doubt.${doubt}`))));
  if (all.length + doubts.size === 0) return para("second", t("held.none"));
  return shown.length + doubted.length === 0 ? null : [
    h2(t("held.part")),
    h("div", { class: "held-said", role: "status", "aria-live": "polite" }),
    doubted,
    shown.map((kept) => one(t, card, kept, act, shown.length > 1 ? kept.slip.about : "", doubts.has("older"))),
  ];
}

/** `which` tells the buttons of several apart for whoever hears them; `isOld`: it may be held by now, so not "not held". */
function one(t: Texts, card: Card, kept: Kept, act: Minding, which: string, isOld: boolean): HTMLElement {
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
  const waits = conditionsOf(slip).length > 0;
  const more = waits && slip.counted ? act.add?.(kept) : undefined;
  return div(
    "flow-s held",
    says(t, card, slip),
    waits && (isHeld(slip) || !isOld) && holders(t, slip),
    div(
      "acts tight",
      isDated && (slip.stopped ? say("go", t("held.go")) : say("stop", t("held.stop"))),
      more && small(t("held.add"), more),
      say("end", t("held.end")),
      waits && without(slip).length > 0 && small(t("held.ask"), () => act.again(kept, status)),
    ),
    status,
  );
}

/** The conditions, in words. */
function says(t: Texts, card: Card, slip: Slip): HTMLElement[] {
  if (conditionsOf(slip).length === 0) return [para("", t("held.counts-about", { name: slip.about }))];
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
export function leavingPart(t: Texts, going: Going, again: () => void): Child {
  const asked = going.all.filter(({ plan }) => plan.conditions.length > 0 || plan.written.length > 0);
  const unmade = going.unmade === true ? [para("doubt", t("held.unmade"))] : [];
  if (asked.length + unmade.length === 0 && !going.before.all.some(matters)) return null;
  const status = liveRegion("flow-s");
  status.textContent = t("held.setting");
  const says = (): HTMLElement[] => [...asked.flatMap((one) => leftWith(t, one, again)), ...beforeSays(t, going, again)];
  const show = (): void => status.replaceChildren(...unmade, ...says());
  void going.done.then(show);
  return h("section", { class: "flow measure" }, h2(t("held.part")), status);
}

/** What became of what was held before, read out when it is known. Nothing where nothing was. */
export function beforePart(t: Texts, going: Going, again: () => void): Child {
  if (!going.before.all.some(matters)) return null;
  const status = liveRegion("flow-s");
  void going.done.then(() => status.replaceChildren(...beforeSays(t, going, again)));
  return status;
}

function beforeSays(t: Texts, { before, sent }: Going, again: () => void): HTMLElement[] {
  if (!before.all.some(matters)) return [];
  if (!before.asked) return [para("doubt", t(sent ? "held.before-unheard" : "held.before-stays")), tryAgain(t, again)];
  if (!before.rest.some(matters)) return [para("", t("held.before"))];
  return [para("doubt", t("held.before-unheard")), tryAgain(t, again)];
}

function tryAgain(t: Texts, again: () => void, then: () => void = () => undefined): HTMLElement {
  const press = button(
    t("held.again"),
    () => {
      press.disabled = true;
      then();
      again();
    },
    "other sm",
  );
  return div("acts tight", press);
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
  const isSet = slip !== undefined && conditionsOf(slip).length > 0;
  const unset = names === "" ? t("held.unset") : `${t("held.unset")} ${t("held.missing", { names })}`;
  const few = para("doubt", isSet ? t("held.few", { number: asCount(slip.pledge["needs"]), names }) : unset);
  few.setAttribute("role", "status");
  const why = one.why === "" ? [] : [para("small", t(`held.why.${one.why}`))];
  return [...words, few, ...why, tryAgain(t, again, () => (few.textContent = t("held.setting")))];
}
