// What she sees when she comes back: seven words, the conversation, or what was kept for her.
import type { JsonObject } from "../lib/canonical.ts";
import { passIn } from "../lib/carried.ts";
import { answeredIn, askedOn } from "../lib/check-ins.ts";
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { FileEntry } from "../lib/envelope.ts";
import { completions, parseWords, wordlist, WORDS, WordsError } from "../lib/words.ts";
import { checkIn } from "./checkin.ts";
import { freshId, labelled, wordBox } from "./fields.ts";
import { TEXT_LIMIT } from "./flow.ts";
import { heldPart } from "./heldview.ts";
import type { Minding } from "./heldview.ts";
import type { Box, Holder, Letter, Writing } from "./mailbox.ts";
import { printsPart } from "./printview.ts";
import { doubtsOf } from "./pledges.ts";
import type { Doubt } from "./pledges.ts";
import { isHeld, isLive } from "../lib/slips.ts";
import { recordDetails, recordLine } from "./recordview.ts";
import type { Proving } from "./recordview.ts";
import { addDays, longDay, sizeText, today } from "./texts.ts";
import type { Key, Texts } from "./texts.ts";
import type { LineItem, Screen } from "./view.ts";
import { band, button, clearErrors, div, form, h1, h2, link, liveRegion, para, prose } from "./view.ts";
import { showErrors, simple, submit, timeline } from "./view.ts";
import type { Visit } from "./visit.ts";

const known: ReadonlySet<string> = new Set(wordlist);

/** The words in what is typed. Hyphens part words, but for the few that have one. */
export function typedWords(input: string): string[] {
  const runs = input.toLowerCase().split(/[^a-z-]+/);
  return runs.flatMap((run) => (known.has(run) ? [run] : run.split("-"))).filter((word) => word !== "");
}

/** What is wrong with typed words, found here, before anything is asked of the server. */
export function wordsFault(t: Texts, input: string): string {
  try {
    parseWords(input);
    return "";
  } catch (error) {
    if (!(error instanceof WordsError)) throw error;
    const words = typedWords(input);
    const wrong = { number: error.index + 1, word: words[error.index] ?? "" };
    if (error.index >= 0) return t("error.words", wrong);
    return words.length === WORDS ? t("error.words-check") : t("error.words-count", { number: words.length });
  }
}

/** One box for all seven, with each word checked below it and ways to finish the one being typed. */
export function wordsPage({ t }: Visit, failed: string, open: (words: string[]) => void): Screen {
  const column = h("div", null);
  const box = wordBox("", true, { id: freshId(), autocapitalize: "none", rows: "3", class: "" });
  const status = liveRegion("vh");
  const checks = h("ol", { class: "nth" });
  const help = div("acts tight");
  const look = (): void => {
    const words = typedWords(box.value);
    const ended = /[^a-z-]$/i.test(box.value);
    const partial = ended ? "" : (words.at(-1) ?? "");
    const isLast = (index: number): boolean => partial !== "" && index === words.length - 1;
    checks.replaceChildren(...words.slice(0, WORDS).map((word, index) => checkOf(t, word, isLast(index))));
    const offers = known.has(partial) || partial.length < 2 ? [] : completions(partial).slice(0, 6);
    const finish = (word: string): void => finishWord(box, partial, word, look);
    help.replaceChildren(...offers.map((word) => button(word, () => finish(word), "other sm")));
    const right = words.filter((word) => known.has(word)).length;
    const line = t("words.count", { number: right, offers: offers.length });
    if (status.textContent !== line) status.textContent = line;
  };
  box.addEventListener("input", look);
  const go = (): void => {
    const wrong = wordsFault(t, box.value);
    if (wrong !== "") return showErrors(t, column, [{ text: wrong, control: box }]);
    clearErrors(column);
    open(parseWords(box.value));
  };
  const opener = div("acts", submit(t("button.open")));
  const inside = [labelled(t("words.label"), "", box), status, checks, help, opener];
  const made = form(go, { class: "measure below" }, inside);
  column.append(h1(t("words.title")), div("flow measure below-s", prose(t("words"))), made);
  if (failed !== "") queueMicrotask(() => showErrors(t, column, [{ text: failed, control: box }]));
  return { rail: { back: true }, layout: "column", body: [column] };
}

function checkOf(t: Texts, word: string, isPartial: boolean): HTMLElement {
  if (known.has(word)) return h("li", null, word);
  return isPartial ? h("li", null, `${word} …`) : h("li", { class: "bad" }, t("words.not-ours", { word }));
}

type WordBox = ReturnType<typeof wordBox>;

function finishWord(box: WordBox, partial: string, word: string, look: () => void): void {
  box.value = `${box.value.slice(0, box.value.length - partial.length)}${word} `;
  box.focus();
  look();
}

export function openingPage({ t }: Visit): Screen & { tell(step: "keys" | "open"): void } {
  const status = liveRegion("lead measure");
  const tell = (step: "keys" | "open"): void => {
    status.textContent = t(step === "keys" ? "opening.keys" : "opening.open");
  };
  tell("keys");
  return { ...simple(t("opening.title"), status, null, false), tell };
}

export interface Reading {
  again(): void;
  write(writing: Writing, status: HTMLElement): void;
  answer(text: string, entry: JsonObject, status: HTMLElement): void;
  addFile(): void;
  proving: Proving;
  takeBack(): void;
  minding: Minding;
  support(): void;
  leave(): void;
}

/** The conversation: where it stands, letters newest first, what was done and is due, who can open it. */
export function mailboxPage(visit: Visit, box: Box, writing: Writing, sent: boolean, act: Reading): Screen {
  const { t } = visit;
  const [title, says] = standing(box);
  const letters = [...box.letters].reverse();
  const holder = (one: Holder): HTMLElement => {
    const name = holderName(t, one);
    const line = one.day === "" ? name : t("mailbox.since", { name, day: longDay(one.day) });
    return h("li", null, line, !one.signed && para("doubt", t("mailbox.unsigned-holder")));
  };
  const asked = askedOn(box.watch, answeredIn(box.judged), today());
  const fresh = new Set(box.letters.slice(lastOfMine(box.letters) + 1).filter(({ mine }) => !mine));
  return {
    layout: "split",
    body: [
      div(
        "flow",
        h1(t(title)),
        prose(t(says, fillsFor(visit, box)), "lead measure"),
        recordLine(t, box.inRecord),
        sent && h("div", { role: "status" }, band(t("mailbox.sent"))),
        asked && checkIn(box.watch, asked.id, act.answer),
        h("h2", { class: "vh" }, t("mailbox.letters")),
        letters.length === 0 && para("second", t("mailbox.no-letters")),
        letters.length > 0 && div("msgs", letters.map((one) => letterOf(t, one, fresh.has(one)))),
        writeBack(t, writing, act),
        link(t("mailbox.again"), () => act.again()),
        recordDetails(t, box.inRecord, act.proving),
      ),
      div(
        "flow",
        h2(t("mailbox.done")),
        timeline(doneAndDue(visit, box)),
        visit.site.pin !== "" && heldPart(t, visit.card, box.slips.kept, doubtsIn(box), act.minding),
        h("h2", { class: "h3" }, t("mailbox.holders.title")),
        h("ul", { class: "small flow-s" }, box.holders.map(holder)),
        box.newCustodians.map((name) => para("doubt small", t("mailbox.new-custodian", { name }))),
        div("small", prose(t("mailbox.holders"))),
        printsPart(t, box, () => act.takeBack()),
        h("h2", { class: "h3" }, t("mailbox.silence.title")),
        div("small", prose(t("mailbox.silence"))),
        para("", link(t("button.help"), () => act.support())),
      ),
    ],
  };
}

type Standing = `mailbox.${"not-opened" | "opened" | "message" | "closed" | "going"}`;

function standing(box: Box): [`${Standing}.title`, Standing] {
  const has = (kind: string): boolean => box.steps.some((step) => step.kind === kind);
  const sound = box.letters.filter(({ faults }) => faults.every((fault) => fault === "gap"));
  const theirs = sound.filter(({ mine }) => !mine);
  const waiting = sound.length > 0 && !sound.at(-1)!.mine;
  const now: Standing =
    box.state === "closed"
      ? "mailbox.closed"
      : waiting
        ? "mailbox.message"
        : !has("opened") && theirs.length === 0
          ? "mailbox.not-opened"
          : theirs.length === 0
            ? "mailbox.opened"
            : "mailbox.going";
  return [`${now}.title`, now];
}

function fillsFor({ pack }: Visit, box: Box): Record<string, string> {
  return {
    "open-day": longDay(addDays(box.day, pack.clocks.open_days)),
    "write-day": longDay(addDays(box.day, pack.clocks.write_days)),
  };
}

/** A holder by the name on the signed card, never by the server's word alone. */
export function holderName(t: Texts, { label, standing }: Pick<Holder, "label" | "standing">): string {
  if (standing === "active") return label;
  return standing === "retired" ? t("mailbox.left", { name: label }) : t("mailbox.unknown-holder");
}

function lastOfMine(letters: readonly Letter[]): number {
  return letters.findLastIndex(({ mine }) => mine);
}

/** A letter. What is wrong with it stands above it in words; it is never left out. */
function letterOf(t: Texts, letter: Letter, isNew: boolean): HTMLElement {
  const theirs = letter.retired ? t("mailbox.left", { name: letter.author }) : letter.author;
  const author = letter.mine ? t("mailbox.you") : theirs || t("mailbox.unknown-author");
  const doubts = letter.faults.map((fault) => t(`fault.${fault}` as Key, { number: letter.missing }));
  const isBroken = letter.faults.some((fault) => fault !== "gap");
  const news = isNew && !isBroken && h("span", null, t("mailbox.new"));
  const head = h("header", null, h("b", null, author), h("span", null, longDay(letter.day)), news);
  const says = letter.text.split(/\n{2,}/).map((part) => para("said", part));
  const span = (className: string, words: string): HTMLElement => h("span", { class: className }, words);
  const file = ({ name, size }: FileEntry): HTMLElement =>
    h("li", null, span("name", name), span("small second", sizeText(size)));
  const files = letter.files.length > 0 && h("ul", { class: "picked" }, letter.files.map(file));
  const isOutsider = letter.faults.includes("outsider"); // it is hers, and she has no business here
  const broken = isBroken && !isOutsider && para("doubt", t("mailbox.broken"));
  const why = doubts.map((words) => para("doubt small", words));
  const className = `letter msg ${letter.mine ? "mine" : ""} ${isBroken ? "doubt" : isNew ? "new" : ""}`;
  return h(
    "article",
    { class: className.replace(/\s+/g, " ").trim() },
    div("in", broken, why, head, says, files),
  );
}

function writeBack(t: Texts, writing: Writing, act: Reading): HTMLElement {
  const box = wordBox(writing.text, true, { id: freshId() });
  const status = liveRegion();
  const hold = (): void => {
    writing.text = box.value;
  };
  const made = form(
    () => {
      hold();
      clearErrors(made);
      const isEmpty = writing.text.trim() === "" && writing.files.length === 0;
      const wrong = isEmpty ? "mailbox.empty" : writing.text.length > TEXT_LIMIT ? "error.too-long" : "";
      if (wrong !== "") return showErrors(t, made, [{ text: t(wrong), control: box }]);
      act.write(writing, status);
    },
    { class: "field measure no-print" },
  );
  box.addEventListener("change", hold);
  const number = writing.files.length;
  const files = number === 0 ? null : para("", t("file.count", { number }));
  const addFile = link(t("button.add-file"), () => {
    hold();
    act.addFile();
  });
  made.append(
    h("h2", null, h("label", { for: box.id }, t("mailbox.write.title"))),
    div("hint small", prose(t("mailbox.write"))),
    box,
    ...(files ? [files] : []),
    div("acts tight", submit(t("button.reply")), addFile),
    status,
  );
  return made;
}

function doneAndDue({ t, pack }: Visit, box: Box): LineItem[] {
  const labels = new Map(pack.steps.map(({ id, label }) => [id, label]));
  const outcomes = new Map(pack.outcomes.map(({ id, label }) => [id, label]));
  const done = box.steps.map(({ kind, day, outcome }): LineItem => {
    const note = outcome === "" ? "" : t("mailbox.outcome", { name: outcomes.get(outcome) ?? outcome });
    return { mark: "done", title: labels.get(kind) ?? kind, when: longDay(day), note };
  });
  const due = box.due.map(({ kind, day }): LineItem => {
    const isLate = day < today();
    const known = kind === "open" ? t("line.open") : kind === "write" ? t("line.write") : labels.get(kind);
    const when = t(isLate ? "mailbox.late" : "line.by", { day: longDay(day) });
    return { mark: isLate ? "late" : "todo", title: known ?? t("line.due"), when };
  });
  return [...done, ...due];
}

// What was kept

export interface Holding {
  more(): void;
  send(): void;
  hold(): void;
  remove(): void;
  leave(): void;
  minding: Minding;
  /** She wanted it to be held, and it is not. */
  unheld: boolean;
}

export function recordPage({ t, card, site }: Visit, box: Box, act: Holding): Screen {
  const more = button(t("record.more"), () => act.more(), "other");
  const acts: Child = [
    act.unheld && button(t("record.hold"), () => act.hold()),
    button(t("record.send"), () => act.send(), act.unheld ? "other" : ""),
    more,
    link(t("record.delete"), () => act.remove()),
  ];
  const isThere = box.record !== undefined;
  const doubts = doubtsIn(box);
  const held = box.slips.kept.filter(({ slip }) => isLive(slip, today()) && isHeld(slip));
  // Where something is kept from her, or nothing is shown, she cannot know that it is not held.
  const isUnknown = act.unheld && (doubts.size > 0 || box.slips.kept.length === 0);
  const which = held.length > 0 ? "record.held" : isUnknown ? "record.unknown" : "mailbox.private";
  const until = held.map(({ slip }) => String(slip.pledge["expires"])).sort()[0] ?? box.expires;
  const says = isThere ? t(which, { expires: longDay(until) }) : t("record.broken");
  const why = held.length > 0 ? "record.unheld-part" : "record.unheld";
  const unheld = act.unheld && which !== "record.unknown" && band(t(`${why}.title`), prose(t(why)));
  const pass = passIn(box.record?.body) !== undefined && prose(t("pass.here"));
  const parts = [prose(says), pass, unheld, site.pin !== "" && heldPart(t, card, box.slips.kept, doubts, act.minding)];
  return simple(t(`${which}.title`), parts, isThere ? acts : null, false);
}

/** What can be told of what the server does not show of her slips. */
function doubtsIn({ slips, inRecord }: Box): Set<Doubt> {
  return doubtsOf(slips, inRecord.look?.also);
}

export function deletePage({ t }: Visit, remove: () => void, keep: () => void): Screen {
  const ways = [button(t("button.delete"), remove), link(t("record.keep"), keep)];
  return simple(t("delete.title"), prose(t("delete")), ways);
}
