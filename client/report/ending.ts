// The last pages of a report: check your answers, sending, the receipt, and what was kept.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { pointAnswers, questionOf, rows } from "./answers.ts";
import { tooFew } from "./choose.ts";
import { freshId, labelled, wordBox, choiceRow } from "./fields.ts";
import { pickedRow } from "./filestep.ts";
import { isSet, page } from "./flow.ts";
import type { Doing, Receipt } from "./send.ts";
import { addDays, longDay } from "./texts.ts";
import type { Texts } from "./texts.ts";
import type { Screen } from "./view.ts";
import { band, button, clearErrors, form, link, liveRegion, prose, showErrors, timeline } from "./view.ts";
import { chosenChannels, leftOut, names, readers } from "./visit.ts";
import type { Visit } from "./visit.ts";

export interface Checking {
  change(id: string): void;
  send(): void;
  keep(): void;
  more(): void;
}

/** Everything she said, what will happen to it, who could open it, and one button. */
export function checkPage(visit: Visit, id: string, act: Checking): Screen {
  const { t, pack, answers } = visit;
  const model = page(pack, answers, { page: id, quick: visit.quick, finishing: true, passed: [] });
  const fate = questionOf(pack, answers, "fate");
  const keeping = fate !== undefined && answers[fate.id] === "keep";
  const channels = chosenChannels(visit);
  const column = h("div", null);
  const said = rows(pack, answers, visit.asked, names(visit));
  const isEmpty = visit.files.length === 0 && !said.some(({ id: row, text }) => text !== "" && pack.questions[row]!.kind !== "bodies");
  const few = tooFew(visit, channels);
  const go = (): void => {
    const bodies = column.querySelector<HTMLElement>("[data-for=bodies]");
    const wrong = isEmpty ? t("error.empty") : keeping ? "" : few.stop;
    if (wrong !== "") return showErrors(t, column, [{ text: wrong, control: bodies }]);
    return keeping ? act.keep() : act.send();
  };
  const fateLabel = fate?.options.find(({ id: one }) => one === (keeping ? "keep" : "send"))?.label ?? "";
  column.append(
    h("h1", null, model.question.title),
    h("div", { class: "flow measure below-s" }, prose(model.question.hint, "hint"), prose(model.question.body)),
    h("div", { class: "flow" }, partLists(visit, said, act), filesList(visit, act), keeping ? null : whoCan(visit, few.warn, act)),
    h("div", { class: "flow" }, fate && [h("h2", null, t("check.then")), summary([[fate.title, fateLabel, () => act.change(fate.id), "fate", fate.title]], t)]),
    keeping && visit.files.length > 0 ? h("p", { class: "measure below" }, t("kept.no-files")) : "",
    !keeping && channels.some(({ on_call }) => on_call) ? urgent(visit) : "",
    h("div", { class: "acts" }, button(t(keeping ? "button.keep" : "button.send"), go), unseen(visit) && link(t("check.more"), () => act.more())),
    h("p", { class: "small second measure below-s" }, t("check.stays")),
  );
  return { rail: { back: true, progress: model.progress }, layout: "column", body: [column] };
}

const SHOWN = 2_000; // characters of an answer on the check page

type SummaryRow = readonly [title: string, text: string, change: () => void, mark: string, name: string];

function summary(items: readonly SummaryRow[], t: Texts): HTMLElement {
  return h(
    "dl",
    { class: "check" },
    items.map(([title, text, change, mark, name]) => {
      const button = link(t("button.change"), change);
      button.append(h("span", { class: "vh" }, `: ${name}`));
      button.setAttribute("data-for", mark);
      const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)} …\n${t("check.cut", { number: text.length - SHOWN })}` : text;
      const said = text === "" ? h("dd", { class: "none" }, t("say.not-answered")) : h("dd", { class: "said" }, cut);
      return h("div", { class: "row-a" }, h("dt", null, title), said, h("dd", null, button));
    }),
  );
}

function partLists(visit: Visit, said: ReturnType<typeof rows>, act: Checking): Child {
  const { t, pack } = visit;
  const asks = pointAnswers(pack, visit.answers);
  return pack.parts.map(({ id, name }) => {
    const inPart = said.filter(({ part }) => part === id);
    if (inPart.length === 0) return null;
    const items = inPart.map(({ id: row, title, text, travels }): SummaryRow => {
      const marks = [asks[row] === "ask" ? t("say.ask-first") : "", travels === "sheet" && text !== "" ? t("check.apart") : ""];
      return [title, [text, ...marks.filter((mark) => mark !== "").map((mark) => `(${mark})`)].filter(Boolean).join("\n"), () => act.change(row), pack.questions[row]!.kind, title];
    });
    return [h("h2", null, name.charAt(0).toUpperCase() + name.slice(1)), summary(items, t)];
  });
}

function filesList(visit: Visit, act: Checking): Child {
  const { t, pack, files } = visit;
  const question = questionOf(pack, visit.answers, "file");
  if (files.length === 0 || question === undefined) return null;
  const list = h("ul", { class: "picked" }, files.map((file) => pickedRow(t, file)));
  return [h("h2", null, t("file.list")), list, h("p", null, link(t("file.change"), () => act.change(question.id)))];
}

function whoCan(visit: Visit, warn: string, act: Checking): Child {
  const { t } = visit;
  const channels = chosenChannels(visit);
  if (channels.length === 0) return null;
  const out = leftOut(visit).length;
  const question = questionOf(visit.pack, visit.answers, "exclude");
  return [
    h("h2", null, t("check.readers")),
    h("ul", { class: "dots" }, readers(visit, channels).map(({ label, channel }) => h("li", null, `${label} (${channel})`))),
    h("p", null, t("check.custodian")),
    out > 0 && h("p", null, t("check.left-out", { number: out })),
    warn !== "" && band(t("check.warn"), prose(warn)),
    question && h("p", null, link(t("check.leave-out"), () => act.change(question.id))),
  ];
}

/** The urgent mark is not sealed: said before it can be set. */
function urgent(visit: Visit): HTMLElement {
  const { t } = visit;
  const box = h("input", { type: "checkbox", id: freshId() });
  box.checked = visit.urgent;
  box.addEventListener("change", () => {
    visit.urgent = box.checked;
  });
  const row = choiceRow(box, { label: t("urgent.mark"), hint: "", apart: false });
  return h("section", { class: "flow measure below" }, h("h2", null, t("urgent.title")), prose(t("urgent")), h("div", { class: "choices" }, row));
}

function unseen({ pack, answers, asked, quick }: Visit): boolean {
  const all = Object.values(pack.paths).flat();
  return quick || all.some((id) => !asked.includes(id) && !isSet(answers[id]) && pack.questions[id]?.travels !== "no");
}

// Sending

export interface Progressing extends Screen {
  tell(doing: Doing): void;
}

/** What is being done, in words, one line at a time, read out as it changes. */
export function sendingPage({ t }: Visit): Progressing {
  const status = liveRegion("lead measure");
  const tell = (doing: Doing): void => {
    const line = doingText(t, doing);
    if (status.textContent !== line) status.textContent = line;
  };
  tell({ step: "words" });
  const body = [h("h1", null, t("sending.title")), h("div", { class: "flow measure below" }, prose(t("sending")), status)];
  return { rail: { back: false }, layout: "column", body, tell };
}

function doingText(t: Texts, { step, part = 1, parts = 1, name = "" }: Doing): string {
  if (step === "file") return t("doing.file", { part, parts, name });
  if (step === "seal") return t("doing.seal", { part, parts });
  return t(`doing.${step}`);
}

// After sending

export interface Afterwards {
  support(): void;
  leave(): void;
  open(): void;
  proof(): void;
}

/** The seven words first; one is typed back. Then what is true, what comes next, and only then print, copy and proof. */
export function receiptPage(visit: Visit, receipt: Receipt, nth: number, act: Afterwards): Screen {
  const { t, pack } = visit;
  const { day } = receipt.promise;
  const team = receipt.channels.join(", ");
  const fills = {
    team,
    day: longDay(day),
    "left-out": receipt.leftOut,
    "open-day": longDay(addDays(day, pack.clocks.open_days)),
    "write-day": longDay(addDays(day, pack.clocks.write_days)),
    "look-back-day": longDay(addDays(day, pack.clocks.look_back_days)),
  };
  const column = h(
    "div",
    { class: "flow" },
    h("h1", null, t("receipt.title")),
    prose(t("receipt", fills), "lead measure"),
    wordsLetter(receipt.words, t("receipt.words.title"), t("receipt.words")),
    typeBack(t, receipt.words, nth),
    otherWays(t, receipt.words),
    h("section", { class: "flow measure" }, h("h2", null, t("receipt.true.title")), prose(t("receipt.true", fills)), h("p", null, t("receipt.people", { names: receipt.readers.join("; ") }))),
    h("section", { class: "flow measure" }, h("h2", null, t("receipt.safety.title")), prose(t("receipt.safety"))),
    h("details", { class: "measure no-print below" }, h("summary", null, t("receipt.proof.title")), prose(t("receipt.proof")), h("div", { class: "acts tight" }, button(t("button.proof"), () => act.proof(), "other sm"))),
    h("div", { class: "acts" }, button(t("button.close"), () => act.leave(), "other"), link(t("button.help"), () => act.support()), link(t("receipt.open"), () => act.open())),
  );
  const next = h(
    "div",
    { class: "flow" },
    h("h2", null, t("receipt.next.title")),
    timeline([
      { mark: "done", title: t("line.arrived"), when: fills.day },
      { mark: "todo", title: t("line.open"), when: t("line.by", { day: fills["open-day"] }) },
      { mark: "todo", title: t("line.write"), when: t("line.by", { day: fills["write-day"] }) },
      { mark: "todo", title: t("line.look"), when: fills["look-back-day"] },
    ]),
    h("div", { class: "flow small" }, prose(t("receipt.next", fills))),
  );
  return { layout: "split", className: "receipt", body: [column, next] };
}

/** The letter with the seven words, to be written down. */
function wordsLetter(words: readonly string[], title: string, says: string): HTMLElement {
  const list = h("ol", { class: "words" }, words.map((word) => h("li", null, word)));
  const inside = [h("h2", { class: "no-print" }, title), h("div", { class: "small measure no-print flow-s" }, prose(says)), list];
  return h("section", { class: "letter" }, h("div", { class: "lining" }), h("div", { class: "in" }, inside));
}

/** Second best after pen and paper: print, and copy, with what each leaves behind. */
function otherWays(t: Texts, words: readonly string[]): HTMLElement {
  const status = liveRegion("small");
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(words.join(" "));
    status.textContent = t("words.copied");
  };
  const buttons = [button(t("button.print"), () => print(), "other sm"), button(t("button.copy"), () => void copy(), "other sm")];
  return h(
    "section",
    { class: "flow measure no-print" },
    h("h2", { class: "h3" }, t("receipt.ways")),
    h("div", { class: "small second flow-s" }, prose(t("receipt.print")), prose(t("receipt.copy"))),
    h("div", { class: "acts tight" }, buttons),
    status,
  );
}

/** She types one word back, with the words out of sight. Nothing is sent. */
function typeBack(t: Texts, words: readonly string[], nth: number): HTMLElement {
  const number = nth + 1;
  const box = wordBox("", false, { id: freshId(), autocapitalize: "none", class: "w-short" });
  const status = liveRegion();
  const shown = (yes: boolean): void => {
    document.querySelector<HTMLElement>(".words")!.hidden = !yes;
    again.hidden = yes;
  };
  const again = link(t("button.show-again"), () => shown(true));
  again.hidden = true;
  const made = form(
    () => {
      clearErrors(made);
      const typed = box.value.trim().toLowerCase();
      if (typed === "") return showErrors(t, made, [{ text: t("error.type-back", { number }), control: box }]);
      if (typed !== words[nth]) return showErrors(t, made, [{ text: t("receipt.type-wrong", { number }), control: box }]);
      shown(true);
      status.replaceChildren(h("p", null, h("strong", null, t("receipt.type-right"))));
    },
    { class: "field measure no-print" },
  );
  box.addEventListener("focus", () => shown(false), { once: true });
  made.append(
    h("h2", null, t("receipt.check")),
    labelled(t("receipt.type-back", { number }), "", box),
    h("div", { class: "acts tight" }, h("button", { type: "submit", class: "btn" }, t("receipt.kept-words")), again),
    status,
  );
  return made;
}

/** A private record is kept. */
export function keptPage(visit: Visit, words: readonly string[], expires: string, nth: number, act: Pick<Afterwards, "leave" | "support">): Screen {
  const { t } = visit;
  const body = h(
    "div",
    { class: "flow" },
    h("h1", null, t("kept.title")),
    prose(t("kept", { expires: longDay(expires) }), "lead measure"),
    wordsLetter(words, t("receipt.words.title"), t("kept.words")),
    typeBack(t, words, nth),
    otherWays(t, words),
    h("div", { class: "acts" }, button(t("button.close"), () => act.leave(), "other"), link(t("button.help"), () => act.support())),
  );
  return { layout: "split", className: "receipt", body: [body] };
}
