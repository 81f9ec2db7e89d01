// The frame of every page (header, exit, back, progress, error summary, focus), and the pieces pages are made of.
import { fill, focusHeading, h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { Progress } from "./flow.ts";
import { blocks } from "./markup.ts";
import type { ASIDES, Block, Span } from "./markup.ts";
import { LANGUAGES } from "./texts.ts";
import type { Key, Language, Texts } from "./texts.ts";

export type Aside = (typeof ASIDES)[number];

export interface Shell {
  t: Texts;
  exit: boolean;
  back(): void;
  leave(): void;
  aside(page: Aside): void;
  /** Languages she could read instead, and how to change to one. */
  languages: readonly Language[];
  speak(language: Language): void;
  footnote: string;
}

export interface Screen {
  /** Back link and progress beside the page. */
  rail?: { back: boolean; progress?: Progress | undefined };
  layout: "column" | "start" | "split";
  className?: string;
  body: Child[];
}

let shell: Shell | undefined;

/** Draws a page and moves focus to its heading. */
export function draw(using: Shell, screen: Screen): void {
  shell = using;
  const main = document.getElementById("main");
  if (main === null) return; // she has left
  document.body.className = [using.exit ? "has-exit" : "", screen.className ?? ""].join(" ").trim();
  drawTop(using);
  const column = screen.layout === "column";
  const frame = h("div", { class: `frame ${column ? (screen.rail ? "two" : "two noback") : screen.layout}` });
  if (screen.rail) frame.append(rail(using, screen.rail));
  if (column) frame.append(h("div", null, screen.body));
  else fill(frame, screen.rail ? rail(using, screen.rail) : null, screen.body);
  fill(main, frame);
  fill(document.getElementById("foot")!, foot(using));
  scrollTo(0, 0);
  focusHeading(main);
}

function drawTop(using: Shell): void {
  const top = document.getElementById("top")!;
  const mark = top.querySelector(".mark")!;
  const leaveButton = h("button", { type: "button", onclick: () => using.leave() }, using.t("button.leave"));
  const keys = h("span", { class: "keys" }, using.t("say.leave-keys"));
  const exit = using.exit ? div("exit", keys, leaveButton) : null;
  const help = link(using.t("button.help"), () => using.aside("support"), "lang");
  fill(top, mark, using.exit ? null : otherTongues(using), help, exit);
}

/** Every language but this one, by its own name and marked so that it is read out in it. */
function otherTongues(using: Shell): HTMLElement[] {
  return using.languages.map((language) => {
    const change = link(LANGUAGES[language], () => using.speak(language), "lang");
    change.lang = language;
    return change;
  });
}

function foot(using: Shell): Child[] {
  const go = (page: Aside, key: Key): HTMLElement => link(using.t(key), () => using.aside(page));
  const links = (["safety", "see", "who", "privacy"] as const).map((page) => go(page, `${page}.title`));
  return [links, otherTongues(using), using.footnote === "" ? null : para("", using.footnote)];
}

function rail(using: Shell, { back, progress }: NonNullable<Screen["rail"]>): HTMLElement {
  const goBack = link(using.t("button.back"), () => using.back(), "back");
  return div("rail", div("stick", back && goBack, progress && where(using, progress)));
}

function where(using: Shell, { part, of, name }: Progress): HTMLElement {
  const strokes = Array.from({ length: of }, (_, index) =>
    h("li", { class: index + 1 === part ? "now" : index + 1 > part ? "todo" : null }),
  );
  const words = using.t("say.progress", { part, parts: of, name });
  return div("where", h("ol", { class: "strokes", "aria-hidden": "true" }, strokes), para("", words));
}

// Pieces

export const div = (className: string, ...children: Child[]): HTMLElement =>
  h("div", { class: className || null }, children);
export const para = (className: string, ...children: Child[]): HTMLElement =>
  h("p", { class: className || null }, children);
export const h1 = (words: string): HTMLElement => h("h1", null, words);
export const h2 = (words: string): HTMLElement => h("h2", null, words);

/** A page with a heading, something to read, and what can be done. */
export function simple(title: string, says: Child, actions: Child, back = true): Screen {
  const body = [h1(title), div("flow measure below", says), actions !== null && div("acts", actions)];
  return { rail: { back }, layout: "column", body };
}

/** An action that reads as a link. It is a button, so there is no address to show or to keep. */
export function link(words: string, act: () => void, className = ""): HTMLButtonElement {
  return h("button", { type: "button", class: `link ${className}`.trim(), onclick: act }, words);
}

export function button(words: string, act: () => void, className = ""): HTMLButtonElement {
  return h("button", { type: "button", class: `btn ${className}`.trim(), onclick: act }, words);
}

export function submit(words: string): HTMLButtonElement {
  return h("button", { type: "submit", class: "btn" }, words);
}

/** A form that never sends itself: with `method=dialog` a broken script cannot put answers into an address. */
export function form(
  act: () => void,
  attributes: Readonly<Record<string, string>>,
  ...children: Child[]
): HTMLFormElement {
  const submitted = (event: Event): void => {
    event.preventDefault();
    act();
  };
  const quiet = { method: "dialog", novalidate: true, autocomplete: "off", onsubmit: submitted };
  return h("form", { ...quiet, ...attributes }, children);
}

/** A page text. */
export function prose(source: string, className = ""): HTMLElement[] {
  return blocks(source).map((block) => drawBlock(block, className));
}

function drawBlock({ kind, items }: Block, className: string): HTMLElement {
  if (kind === "p") return h("p", { class: className || null }, items[0]!.map(drawSpan));
  const lines = items.map((item) => h("li", null, item.map(drawSpan)));
  return h(kind, { class: `dots ${className}`.trim() }, lines);
}

/** Words that are not ours, such as a server's: as they are, with nothing in them read as a mark or a link. */
export function plain(words: string): HTMLElement {
  return h("p", null, words);
}

function drawSpan({ text, bold, href }: Span): Child {
  if (bold) return h("strong", null, text);
  if (href === undefined) return text;
  if (href.startsWith("#")) return link(text, () => shell?.aside(href.slice(1) as Aside));
  return outward(href, text);
}

/** A link to another site, in a window of its own, that does not tell where it was pressed. */
export function outward(href: string, words: string): HTMLElement {
  return h("a", { href, rel: "noreferrer noopener external", target: "_blank" }, words);
}

/** Ruled list of a bold line and what it means. */
export function facts(items: readonly (readonly [string, Child])[]): HTMLElement {
  const rows = items.map(([name, what]) => div("", h("dt", null, name), h("dd", { class: "ink" }, what)));
  return h("dl", { class: "facts measure" }, rows);
}

export type Mark = "done" | "now" | "todo" | "late";
export interface LineItem {
  mark: Mark;
  title: string;
  when?: string;
  note?: string;
}

/** The timeline. Marks are drawn; the words say the same. */
export function timeline(items: readonly LineItem[]): HTMLElement {
  return h(
    "ol",
    { class: "line" },
    items.map(({ mark, title, when, note }) =>
      h(
        "li",
        { class: mark === "done" ? null : mark },
        h("b", null, title),
        when && h("span", { class: "when" }, when),
        note && h("span", { class: "note" }, note),
      ),
    ),
  );
}

export function band(title: string, ...children: Child[]): HTMLElement {
  return h("section", { class: "band measure" }, h("h2", null, title), children);
}

/** A place whose words are read out when they change, as for progress. */
export function liveRegion(className = ""): HTMLElement {
  return h("div", { class: className || null, role: "status", "aria-live": "polite" });
}

// Errors

export interface Shown {
  text: string;
  control: HTMLElement | null;
}

/** Puts the error summary on top, says each error beside its field, and moves focus to the summary. */
export function showErrors(t: Texts, within: HTMLElement, errors: readonly Shown[]): void {
  clearErrors(within);
  const items = errors.map(({ text, control }) => h("li", null, link(text, () => control?.focus())));
  const title = t(errors.length === 1 ? "error.summary" : "error.summary-many");
  const attributes = { class: "errors", role: "alert", tabindex: -1 };
  const summary = h("div", attributes, h2(title), h("ul", null, items));
  within.prepend(summary);
  errors.forEach(({ text, control }, index) => control !== null && mark(control, text, `err-${index}`));
  summary.focus();
}

function mark(control: HTMLElement, text: string, id: string): void {
  const group = control.closest<HTMLElement>("[data-group]") ?? control;
  control.classList.add("bad");
  control.setAttribute("aria-invalid", "true");
  const described = control.getAttribute("aria-describedby") ?? "";
  control.setAttribute("aria-describedby", `${described} ${id}`.trim());
  group.before(h("p", { class: "err", id }, text));
}

export function clearErrors(within: HTMLElement): void {
  within.querySelectorAll(".errors, .err").forEach((one) => one.remove());
  within.querySelectorAll<HTMLElement>("[aria-invalid]").forEach((control) => {
    control.classList.remove("bad");
    control.removeAttribute("aria-invalid");
    const described = (control.getAttribute("aria-describedby") ?? "").replace(/\s*err-\d+/g, "").trim();
    if (described === "") control.removeAttribute("aria-describedby");
    else control.setAttribute("aria-describedby", described);
  });
}
