// What the mailbox says about the record: one calm line, or a plain warning; numbers and proofs under details.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { std64 } from "../lib/notes.ts";
import type { Finding } from "../lib/record-check.ts";
import { freshId, labelled } from "./fields.ts";
import { ownAct } from "./inrecord.ts";
import type { InRecord } from "./inrecord.ts";
import type { Said } from "./proof.ts";
import { longDay, sizeText } from "./texts.ts";
import type { Texts } from "./texts.ts";
import { band, button, div, facts, liveRegion, para, prose } from "./view.ts";

export interface Proving {
  save(status: HTMLElement): void;
  check(file: File): Promise<Said>;
  search(status: HTMLElement): void;
}

type Warned = "withheld" | "mismatch" | "overdue";

/** Is this said as a warning, with its numbers and the button for a proof in sight? */
function isWarned(state: Finding["state"]): state is Warned {
  return state === "withheld" || state === "mismatch" || state === "overdue";
}

/** The line, or the warning. */
export function recordLine(t: Texts, { acts, look }: InRecord): Child {
  if (look === undefined) return para("second", t("log.unknown"));
  const { state, by, inside, overdue, checked } = look.finding;
  if (isWarned(state)) {
    const warning = band(t(`log.${state}.title`), prose(t(`log.${state}`, { day: dayOf(by) })));
    warning.classList.add("late");
    return h("div", { role: "alert" }, warning);
  }
  if (state === "in" && checked.every(({ witnesses }) => witnesses.length === 0)) return para("second", t("log.alone"));
  const isLater = state === "waiting" && inside.includes(ownAct(acts)?.number ?? 0) && overdue.length === 0;
  return para("second", t(isLater ? "log.later" : `log.${state}`, { day: dayOf(by) }));
}

/** Numbers, checkpoint, witnesses; a proof to save, and one to check. */
export function recordDetails(t: Texts, { look, acts, left }: InRecord, act: Proving): HTMLElement {
  const numbers = look === undefined ? null : [prose(t("log.about")), numbersOf(t, look.finding)];
  const canSave = look?.policy !== undefined && ownAct(acts) !== undefined;
  return h(
    "details",
    { class: "measure no-print below", open: look !== undefined && isWarned(look.finding.state) },
    h("summary", null, t("log.numbers")),
    div("flow small", numbers, left > 0 && searching(t, left, act), canSave && saving(t, act), checking(t, act)),
  );
}

/** What she may do with the promise on the receipt: save it, leave its number outside. `day`: when it is due. */
export interface Keeping {
  save(): Promise<void>;
  leave(): Promise<readonly string[]>;
}

export function keepingDetails(t: Texts, day: string, act: Keeping): HTMLElement[] {
  const [saved, left] = [liveRegion("small"), liveRegion("small")];
  const saveIt = button(
    t("button.proof"),
    () => void act.save().catch(() => (saved.textContent = t("proof.unsaved"))),
    "other sm",
  );
  const leaveIt = button(
    t("watch.button"),
    () => void leaving().catch(() => (left.textContent = t("watch.nobody"))),
    "other sm",
  );
  const leaving = async (): Promise<void> => {
    const names = await act.leave();
    left.textContent = names.length === 0 ? t("watch.nobody") : t("watch.done", { names: names.join(", ") });
    leaveIt.disabled = names.length > 0;
  };
  const fold = (title: string, ...inside: Child[]): HTMLElement =>
    h("details", { class: "measure no-print below" }, h("summary", null, title), inside);
  return [
    fold(t("receipt.proof.title"), prose(t("receipt.proof")), div("acts tight", saveIt), saved),
    fold(t("watch.title"), prose(t("watch", { day })), div("acts tight", leaveIt), left),
  ];
}

function numbersOf(t: Texts, { faults, inside, waiting, overdue, checked }: Finding): HTMLElement {
  const lines = [
    inside.length > 0 && para("", t("log.acts.in", { numbers: ranges(inside) })),
    waiting.length > 0 && para("", t("log.acts.waiting", { numbers: ranges(waiting) })),
    overdue.length > 0 && para("doubt", t("log.acts.late", { numbers: ranges(overdue) })),
  ];
  const wrong = faults.map(({ why, number }) => para("doubt", t(`why.${why}`, { number })));
  const rows: [string, Child][] = [[t("log.acts"), lines]];
  if (wrong.length > 0) rows.unshift([t("log.wrong"), wrong]);
  for (const { checkpoint, witnesses } of checked) {
    const { origin, size, root } = checkpoint;
    const signed = witnesses.map(({ name, seconds }) =>
      para("", t("log.signed-by", { name, day: longDay(new Date(seconds * 1000).toISOString().slice(0, 10)) })),
    );
    rows.push([t("log.name"), code(origin)], [t("log.lines"), String(size)], [t("log.root"), code(std64(root))]);
    rows.push([t("log.signed"), signed.length === 0 ? t("log.nobody") : signed]);
  }
  return facts(rows);
}

const code = (text: string): HTMLElement => h("code", { class: "said" }, text);

const BUNDLE = 55_000; // bytes, about

function searching(t: Texts, left: number, act: Proving): Child {
  const status = liveRegion();
  const press = button(t("log.search.button"), () => act.search(status), "other sm");
  return [prose(t("log.search", { size: sizeText(left * BUNDLE) })), div("acts tight", press), status];
}

function saving(t: Texts, act: Proving): Child {
  const status = liveRegion();
  const press = button(t("button.proof"), () => act.save(status), "other sm");
  return [h("h3", null, t("receipt.proof.title")), prose(t("receipt.proof")), div("acts tight", press), status];
}

// The file is read on this device. The box has no name, so that no form could send it.
function checking(t: Texts, act: Proving): Child {
  const box = h("input", { type: "file", id: freshId(), accept: "text/plain,.txt" });
  const status = liveRegion();
  box.addEventListener("change", () => {
    const file = box.files?.[0];
    if (file === undefined) return;
    void act.check(file).then(({ words, bad }) => {
      status.replaceChildren(...words.map((one) => para(bad ? "doubt" : "", one)));
    });
  });
  const choose = div("pick", labelled(t("proof.button"), "", box));
  return [h("h3", null, t("proof.check.title")), prose(t("proof.check")), choose, status];
}

/** "1 to 4, 6". */
export function ranges(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
}

const dayOf = (day: string): string => (day === "" ? "" : longDay(day));
