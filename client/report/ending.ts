// The last pages of a report: check your answers, sending, the receipt, and what was kept.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { HELD_FILES, mayAttach } from "./attached.ts";
import { pointAnswers, questionOf, rows } from "./answers.ts";
import type { Row } from "./answers.ts";
import { tooFew } from "./choose.ts";
import { freshId, labelled, wordBox, choiceRow } from "./fields.ts";
import { pickedRow } from "./filestep.ts";
import { isSet, page } from "./flow.ts";
import { travellingPrints } from "./pictures.ts";
import { identifiersOf, nameOf } from "./named.ts";
import { afterOf, beneficiary, dayFault, dayOf, fateOf, mayOpen, namedPeople, newOpeners, plansOf } from "./plans.ts";
import type { Fate } from "./plans.ts";
import type { Doing, Receipt } from "./send.ts";
import { keepingDetails } from "./recordview.ts";
import type { Keeping } from "./recordview.ts";
import { addDays, longDay, sizeText } from "./texts.ts";
import type { Key, Texts } from "./texts.ts";
import type { Screen } from "./view.ts";
import { band, button, clearErrors, div, form, h1, h2, link, liveRegion, para, prose } from "./view.ts";
import { showErrors, simple, submit, timeline } from "./view.ts";
import { chosenChannels, leftOutCount, names, readers } from "./visit.ts";
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
  const at = (one: string) => ({ page: one, quick: visit.quick, finishing: true, passed: [] });
  const model = page(pack, answers, at(id));
  const fate = questionOf(pack, answers, "fate");
  const chosenFate = fateOf(visit);
  const keeping = chosenFate !== "send";
  const channels = chosenChannels(visit);
  const column = h("div", null);
  const said = rows(pack, answers, visit.asked, names(visit, pack));
  const says = ({ id: row, text }: Row): boolean => text !== "" && pack.questions[row]!.kind !== "bodies";
  const prints = travellingPrints(pack, answers, visit.prints);
  const isEmpty = visit.files.length === 0 && prints.length === 0 && !said.some(says);
  const go = (): void => {
    const few = chosenFate === "send" ? tooFew(visit, channels).stop : "";
    const [text, at] = isEmpty ? [t("error.empty"), "bodies"] : few !== "" ? [few, "bodies"] : openFault(visit);
    if (text !== "")
      return showErrors(t, column, [{ text, control: column.querySelector<HTMLElement>(`[data-for=${at}]`) }]);
    return keeping ? act.keep() : act.send();
  };
  const more = link(t("check.more"), () => act.more());
  const fateLabel = fate?.options.find(({ id: one }) => one === chosenFate)?.label ?? "";
  const inDanger = keeping && fate !== undefined && page(pack, answers, at(fate.id)).notes.length > 0;
  column.append(
    h("h1", null, model.question.title),
    div("flow measure below-s", prose(model.question.hint, "hint"), prose(model.question.body)),
    div("flow", partLists(visit, said, act), filesList(visit, act), printsList(visit, prints.length)),
    div("flow", !keeping && whoCan(visit, tooFew(visit, channels).warn, act)),
    div("flow", fate && [h2(t("check.then")), summary([[fate.title, fateLabel, fate.id, "fate"], ...pledgeRows(visit)], t, act)]),
    mayOpen(visit) ? div("flow", openWords(visit)) : "",
    inDanger ? div("below", band(t("check.danger"), prose(t("check.danger-text")))) : "",
    keeping && visit.files.length > 0 ? para("measure below", t(filesWords(visit), { size: sizeText(HELD_FILES) })) : "",
    visit.filesLost === true ? div("below", band(t("check.changed"), prose(t("held.files-lost")))) : "",
    keeping && prints.length > 0 ? para("measure below", t("prints.kept-none")) : "",
    !keeping && channels.some(({ on_call }) => on_call) ? urgent(visit) : "",
    div("acts", button(t(`button.${chosenFate}`), go), unseen(visit) && more),
    para("small second measure below-s", t("check.stays")),
  );
  return { rail: { back: true, progress: model.progress }, layout: "column", body: [column] };
}

/** Whom it is about, and when it goes on by itself: rows of what happens to it. */
function pledgeRows(visit: Visit): SummaryRow[] {
  const { t, pack, answers } = visit;
  if (fateOf(visit) === "keep") return [];
  const named = Object.values(pack.questions).find(({ kind }) => kind === "named");
  const unless = Object.values(pack.questions).find(({ kind }) => kind === "after");
  const people = namedPeople(visit).map((person) => {
    const [name, number] = [nameOf(person), identifiersOf(person, visit.card.name).written.length];
    return t(number === 1 ? "check.named-one" : "check.named", { name, number });
  });
  const day = dayOf(afterOf(visit));
  const team = beneficiary(visit)?.name ?? "";
  const by = day === "" ? (afterOf(visit).when === "no" ? t("after.no") : "") : t("held.after", { team, day: longDay(day) });
  const rows: SummaryRow[] = [];
  if (named) rows.push([named.title, people.join("\n"), named.id, "named"]);
  if (unless) rows.push([page(pack, answers, { page: unless.id, quick: false, finishing: true, passed: [] }).question.title, by, unless.id, "after"]);
  return rows;
}

/** To whom it opens by itself: everybody by name, the spare key, and who is new since she last agreed to them. */
function openWords(visit: Visit): Child {
  const { t } = visit;
  const to = beneficiary(visit);
  if (to === undefined) return null;
  const isHeld = fateOf(visit) === "hold";
  const matches = plansOf(visit).filter(({ written, conditions }) => conditions.length > 0 && written.length > 0);
  const { people, spare } = newOpeners(visit);
  const news = [
    people.length > 0 && prose(t("send.new-people", { names: people.join("; ") })),
    spare && prose(t("mailbox.new-custodian", { name: to.name })),
  ];
  const { needs, of } = to.custodian;
  return [
    h2(t(isHeld ? "check.readers" : "held.part")),
    para("", t(isHeld ? "check.fate-hold" : "check.opens-to", { team: to.name })),
    h("ul", { class: "dots" }, readers(visit, [to]).map(({ label }) => h("li", null, label))),
    para("", t("check.spare", { team: to.name, needs, number: of })),
    (people.length > 0 || spare) && band(t("check.changed"), news),
    isHeld && matches.length > 1 && para("", t("check.hold-many")),
    leftOutCount(visit) > 0 && para("", t("check.hold-self")),
  ];
}

/** What becomes of her files, said before she holds or keeps. */
function filesWords(visit: Visit): Key {
  if (fateOf(visit) !== "hold") return "kept.no-files";
  return mayAttach(visit.files) ? "held.files" : "held.files-long";
}

/** What has to be said again before anything is left that opens by itself, and in which row. */
function openFault(visit: Visit): [text: string, row: string] {
  const { t } = visit;
  if (!mayOpen(visit)) return ["", ""];
  const after = afterOf(visit);
  const day = dayFault(visit, after);
  if (day !== "") return [t(day, { day: longDay(visit.expires) }), "after"];
  if (beneficiary(visit) === undefined)
    return after.channel === "" ? [t("check.no-body"), "named"] : [t("check.team-gone"), "after"];
  return plansOf(visit).some(({ conditions }) => conditions.length > 0) ? ["", ""] : [t("check.hold-nobody"), "named"];
}

const SHOWN = 2_000; // characters of an answer on the check page

type SummaryRow = readonly [title: string, text: string, id: string, mark: string];

function summary(items: readonly SummaryRow[], t: Texts, act: Checking): HTMLElement {
  return h(
    "dl",
    { class: "check" },
    items.map(([title, text, id, mark]) => {
      const button = link(t("button.change"), () => act.change(id));
      button.append(h("span", { class: "vh" }, `: ${title}`));
      button.setAttribute("data-for", mark);
      const rest = text.length - SHOWN;
      const cut = rest > 0 ? `${text.slice(0, SHOWN)} …\n${t("check.cut", { number: rest })}` : text;
      const isSaid = text !== "";
      const said = h("dd", { class: isSaid ? "said" : "none" }, isSaid ? cut : t("say.not-answered"));
      return div("row-a", h("dt", null, title), said, h("dd", null, button));
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
      const ask = asks[row] === "ask" ? `\n(${t("say.ask-first")})` : "";
      const apart = travels === "sheet" && text !== "" ? `\n(${t("check.apart")})` : "";
      return [title, text + ask + apart, row, pack.questions[row]!.kind];
    });
    return [h("h2", null, name.charAt(0).toUpperCase() + name.slice(1)), summary(items, t, act)];
  });
}

function filesList(visit: Visit, act: Checking): Child {
  const { t, pack, files } = visit;
  const question = questionOf(pack, visit.answers, "file");
  if (files.length === 0 || question === undefined) return null;
  const list = h("ul", { class: "picked" }, files.map((file) => pickedRow(t, file)));
  return [h2(t("file.list")), list, para("", link(t("file.change"), () => act.change(question.id)))];
}

function printsList({ t }: Visit, number: number): Child {
  return number === 0 ? null : [h2(t("prints.list")), para("", t("prints.count", { number }))];
}

function whoCan(visit: Visit, warn: string, act: Checking): Child {
  const { t } = visit;
  const channels = chosenChannels(visit);
  if (channels.length === 0) return null;
  const out = leftOutCount(visit);
  const question = questionOf(visit.pack, visit.answers, "exclude");
  const people = readers(visit, channels);
  return [
    h2(t("check.readers")),
    h("ul", { class: "dots" }, people.map(({ label, channel }) => h("li", null, `${label} (${channel})`))),
    para("", t("check.custodian")),
    out > 0 && para("", t("check.left-out", { number: out })),
    warn !== "" && band(t("check.warn"), prose(warn)),
    question && para("", link(t("check.leave-out"), () => act.change(question.id))),
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
  return div("flow measure below", h2(t("urgent.title")), prose(t("urgent")), div("choices", row));
}

function unseen({ pack, answers, asked, quick }: Visit): boolean {
  const all = Object.values(pack.paths).flat();
  const isNew = (id: string): boolean => !asked.includes(id) && !isSet(answers[id]);
  return quick || all.some((id) => isNew(id) && pack.questions[id]?.travels !== "no");
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
  return { ...simple(t("sending.title"), [prose(t("sending")), status], null, false), tell };
}

function doingText(t: Texts, { step, part = 1, parts = 1, name = "" }: Doing): string {
  if (step === "file") return t("doing.file", { part, parts, name });
  if (step === "seal") return t("doing.seal", { part, parts });
  return t(`doing.${step}`);
}

// After sending

interface Ending {
  support(): void;
  leave(): void;
}

export interface Afterwards extends Ending {
  open(): void;
  keeping: Keeping;
  held: Child;
}

/** The seven words first, and one of them typed back. Then what is true, what comes next, and the proof. */
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
  const people = para("", t("receipt.people", { names: receipt.readers.join("; ") }));
  const truth = prose(`${t("receipt.true", fills)}\n\n${t("log.promised", { day: longDay(receipt.promise.by) })}`);
  const column = div(
    "flow",
    h1(t("receipt.title")),
    prose(t("receipt", fills), "lead measure"),
    receipt.promise.late && band(t("receipt.clock.title"), prose(t("receipt.clock", fills))),
    wordsLetter(receipt.words, t("receipt.words.title"), t("receipt.words")),
    typeBack(t, receipt.words, nth),
    otherWays(t, receipt.words),
    h("section", { class: "flow measure" }, h2(t("receipt.true.title")), truth, people),
    act.held,
    h("section", { class: "flow measure" }, h2(t("receipt.safety.title")), prose(t("receipt.safety"))),
    keepingDetails(t, longDay(receipt.promise.by), act.keeping),
    div("acts", ending(t, act), link(t("receipt.open"), () => act.open())),
  );
  const next = div(
    "flow",
    h2(t("receipt.next.title")),
    timeline([
      { mark: "done", title: t("line.arrived"), when: fills.day },
      { mark: "todo", title: t("line.open"), when: t("line.by", { day: fills["open-day"] }) },
      { mark: "todo", title: t("line.write"), when: t("line.by", { day: fills["write-day"] }) },
      { mark: "todo", title: t("line.look"), when: fills["look-back-day"] },
    ]),
    div("flow small", prose(t("receipt.next", fills))),
  );
  return { layout: "split", className: "receipt", body: [column, next] };
}

function ending(t: Texts, act: Ending): Child {
  return [button(t("button.close"), () => act.leave(), "other"), link(t("button.help"), () => act.support())];
}

/** The letter with the seven words, to be written down. */
export function wordsLetter(words: readonly string[], title: string, says: string): HTMLElement {
  const list = h("ol", { class: "words" }, words.map((word) => h("li", null, word)));
  const about = div("small measure no-print flow-s", prose(says));
  const inside = [h("h2", { class: "no-print" }, title), about, list];
  return h("section", { class: "letter" }, div("lining"), div("in", inside));
}

/** Second best after pen and paper: print, and copy, with what each leaves behind. */
export function otherWays(t: Texts, words: readonly string[]): HTMLElement {
  const status = liveRegion("small");
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(words.join(" "));
    status.textContent = t("words.copied");
  };
  const small = (words: string, go: () => void): HTMLElement => button(words, go, "other sm");
  const buttons = [small(t("button.print"), () => print()), small(t("button.copy"), () => void copy())];
  return h(
    "section",
    { class: "flow measure no-print" },
    h("h2", { class: "h3" }, t("receipt.ways")),
    div("small second flow-s", prose(t("receipt.print")), prose(t("receipt.copy"))),
    div("acts tight", buttons),
    status,
  );
}

/** She types one word back, with the words out of sight. Nothing is sent. */
export function typeBack(t: Texts, words: readonly string[], nth: number): HTMLElement {
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
      const wrong = typed === "" ? "error.type-back" : typed === words[nth] ? "" : "receipt.type-wrong";
      if (wrong !== "") return showErrors(t, made, [{ text: t(wrong, { number }), control: box }]);
      shown(true);
      status.replaceChildren(para("", h("strong", null, t("receipt.type-right"))));
    },
    { class: "field measure no-print" },
  );
  box.addEventListener("focus", () => shown(false), { once: true });
  made.append(
    h2(t("receipt.check")),
    labelled(t("receipt.type-back", { number }), "", box),
    div("acts tight", submit(t("receipt.kept-words")), again),
    status,
  );
  return made;
}

/** A record she kept: with her words, what was to become of it, and what is said of that. */
export interface Kept {
  words: readonly string[];
  expires: string;
  fate: Fate;
  held: boolean;
}

/** A private record is kept; or it is held, or was to be and is not yet. `left` says what the keepers said. */
export function keptPage({ t }: Visit, kept: Kept, nth: number, left: Child, act: Ending): Screen {
  const { words, expires, fate, held } = kept;
  const what = fate !== "hold" ? "kept" : held ? "held" : "held.not";
  const day = longDay(expires);
  const body = div(
    "flow",
    h1(t(`${what}.title`)),
    prose(t(what, { expires: day }), "lead measure"),
    (fate === "hold" || left !== null) &&
      h("section", { class: "flow measure" }, h2(t("held.part")), left, fate === "hold" && prose(t("held.stays", { day }))),
    wordsLetter(words, t("receipt.words.title"), t(fate === "hold" ? "held.words" : "kept.words")),
    typeBack(t, words, nth),
    otherWays(t, words),
    div("acts", ending(t, act)),
  );
  return { layout: "split", className: "receipt", body: [body] };
}
