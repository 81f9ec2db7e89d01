// Shows what was written, each letter in its place and with what is wrong with it in words. Text goes in as text only.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import type { EnvelopeKind } from "../lib/envelope.ts";
import type { Judged } from "../lib/judge.ts";
import type { AnsweredEnvelope, OpenCase } from "./opened.ts";
import { dayWords, faults, paragraphs, plainName, read } from "./reading.ts";

/** An envelope as the server listed it and as this browser judged it. */
export interface Letter {
  listed: AnsweredEnvelope;
  judged: Judged;
}

/** Letters of one kind, in the server's order. The server says the kind; what opened says it again. */
export function letters(open: OpenCase, kind: EnvelopeKind): Letter[] {
  const all = open.answer.envelopes.map((listed, index) => ({ listed, judged: open.judged[index]! }));
  return all.filter(({ listed }) => listed.kind === kind);
}

/** Messages or notes, newest first. */
export function lettersList(open: OpenCase, kind: "message" | "note"): HTMLElement | null {
  const found = letters(open, kind).reverse();
  if (found.length === 0) return null;
  // Entries of a register are shown as what they say under Evidence and Disclosure; here they are folded, not hidden.
  const isEntry = ({ judged }: Letter): boolean => kind === "note" && judged.faults.length === 0 && judged.envelope?.body["entry"] !== undefined;
  const entries = found.filter(isEntry);
  const list = (some: readonly Letter[]): HTMLElement => h("div", { class: "msgs" }, ...some.map((letter) => article(open, letter)));
  const written = found.filter((letter) => !isEntry(letter));
  if (entries.length === 0) return list(written);
  const words = entries.length === 1 ? "One entry of evidence and disclosure" : `${entries.length} entries of evidence and disclosure`;
  return h("div", { class: "flow" }, written.length === 0 ? null : list(written), h("details", null, h("summary", null, words), list(entries)));
}

function article(open: OpenCase, letter: Letter): HTMLElement {
  const { listed, judged } = letter;
  const { envelope } = judged;
  const wrong = doubts(judged);
  const fromReporter = (envelope?.direction ?? listed.direction) === "to-desk";
  const author = envelope === undefined ? "Nobody we can name" : authorName(open, envelope.author);
  const classes = ["letter", "msg", ...(fromReporter ? [] : ["mine"]), ...(wrong.length > 0 ? ["doubt"] : [])];
  const header = h("header", null, h("b", null, author), h("span", null, dayWords(envelope?.day ?? listed.day)));
  return h("article", { class: classes.join(" ") }, h("div", { class: "in" }, header, wrong, content(judged)));
}

/** What is wrong with a letter, above its text. */
export function doubts(judged: Judged): HTMLElement[] {
  return faults(judged).map((words) => h("p", { class: "doubt" }, words));
}

function content({ envelope }: Judged): Child {
  if (envelope === undefined) return h("p", { class: "second" }, "There is nothing to read.");
  const said = read(envelope.body);
  const files = said.files.map(({ name }) => h("p", { class: "second small" }, `File: ${plainName(name)}. See Files.`));
  return [...textParts(said.text), ...files, unreadPart(said.unread)];
}

/** A text in paragraphs, line by line as it was typed. */
export function textParts(text: string): HTMLElement[] {
  return paragraphs(text).map((paragraph) => {
    const lines = paragraph.split("\n");
    return h("p", { dir: "auto" }, ...lines.flatMap((line, index) => (index === 0 ? [line] : [h("br"), line])));
  });
}

/** Says that a letter has parts this page cannot show. */
export function unreadPart(count: number): HTMLElement | null {
  if (count === 0) return null;
  const parts = count === 1 ? "One part" : `${count} parts`;
  return h("p", { class: "doubt" }, `${parts} of this have no form that this page knows, and are not shown.`);
}

/** The name behind a key: a handler of the card, or the reporter. */
export function authorName(open: OpenCase, key: string): string {
  if (open.known.get(key)?.role === "reporter") return "The reporter";
  for (const { members } of open.card.channels) {
    const member = members.find((one) => one.key === key);
    if (member !== undefined) return key === open.me.key ? "You" : member.label;
  }
  return "Nobody we know";
}
