// The frame of the survey's two pages: header, exit, back, progress, focus. The look is that of the reporter's page.
import { fill, focusHeading, h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { LANGUAGES, writeIn } from "../report/texts.ts";
import type { Language, Texts } from "../report/texts.ts";
import { div, h2, link, para, prose, facts } from "../report/view.ts";
import askedInWelsh from "./asked.cy.json";
import welsh from "./words.cy.json";
import english from "./words.en.json";

type Words = typeof english;
const WORDS: Readonly<Record<Language, Words>> = { en: english, cy: welsh };
let language: Language = "en";

/** Both languages come with the page: which one is read, no server learns, and nothing keeps it. */
export function speakIn(spoken: Language): void {
  language = spoken;
  writeIn(spoken);
  document.documentElement.lang = spoken === "en" ? "en-GB" : spoken;
  const skip = document.querySelector(".skip");
  if (skip !== null) skip.textContent = t("skip");
}

/** The words of the instrument, which every notice names by their hash in English, in the language that is read. */
export function put(words: string): string {
  return (language === "cy" && (askedInWelsh as Readonly<Record<string, string>>)[words]) || words;
}

export type Word = { [K in keyof Words]: Words[K] extends string ? K : never }[keyof Words];

/** A text of these pages, `{name}` filled in. */
export function t(key: Word, fills: Readonly<Record<string, string | number>> = {}): string {
  return WORDS[language][key].replace(/\{([a-z]+)\}/g, (all, name: string) => String(fills[name] ?? all));
}

/** For pieces of the reporter's page that ask for its texts. */
export const asTexts = ((key: Word) => t(key)) as unknown as Texts;

export const pairs = (key: "lines" | "start.facts"): HTMLElement =>
  facts(WORDS[language][key].map((pair): [string, string] => [pair[0]!, pair[1]!]));

/** The letters of the issuing body's key, to be held against those in the letter it sent. */
export function letters(notice: { readonly issuer: string; readonly letters: string }): Child[] {
  const { issuer } = notice;
  return [prose(t("letters", { issuer })), h("p", { class: "mono band", id: "letters" }, notice.letters)];
}

export interface Frame {
  back?: (() => void) | undefined;
  leave?: (() => void) | undefined;
  help(): void;
  /** Draws the same page again, in the other language. */
  again(): void;
  progress?: { part: number; name: string } | undefined;
  footnote: string;
}

const PARTS = 3;

/** Draws a page and moves focus to its heading. */
export function show(frame: Frame, ...body: Child[]): void {
  const main = document.getElementById("main");
  if (main === null) return; // she has left
  document.body.className = frame.leave ? "has-exit" : "";
  const top = document.getElementById("top")!;
  const leave = frame.leave;
  const exit =
    leave && div("exit", h("button", { type: "button", onclick: () => leave() }, t("button.leave")));
  const other: Language = language === "en" ? "cy" : "en";
  const change = link(LANGUAGES[other], () => {
    speakIn(other);
    frame.again();
  }, "lang");
  change.lang = other;
  fill(top, top.querySelector(".mark"), change, link(t("button.help"), () => frame.help(), "lang"), exit);
  const back = frame.back && link(t("button.back"), frame.back, "back");
  const rail = div("rail", div("stick", back, frame.progress && strokes(frame.progress)));
  fill(main, h("div", { class: `frame ${frame.back ? "two" : "two noback"}` }, frame.back && rail, h("div", null, body)));
  const unchecked = language === "cy" && para("", t("unchecked"));
  fill(document.getElementById("foot")!, para("", frame.footnote), unchecked);
  scrollTo(0, 0);
  focusHeading(main);
}

function strokes({ part, name }: { part: number; name: string }): HTMLElement {
  const all = Array.from({ length: PARTS }, (_, index) =>
    h("li", { class: index + 1 === part ? "now" : index + 1 > part ? "todo" : null }),
  );
  const said = t("progress", { part, parts: PARTS, name });
  return div("where", h("ol", { class: "strokes", "aria-hidden": "true" }, all), para("", said));
}

/** Who can be talked to, and how a survey differs from a report. */
export function support(report: string): Child[] {
  const way = report === "" ? null : para("", h("a", { href: report }, t("help.report.link")));
  return [prose(t("help")), pairs("lines"), h2(t("help.report.title")), prose(t("help.report")), way];
}
