// One question on one page: what is asked, its controls, and the ways on from it.
import { h } from "../lib/dom.ts";
import type { Child } from "../lib/dom.ts";
import { after, afterProblems } from "./after.ts";
import { bodies, exclude, point } from "./choose.ts";
import { controls } from "./fields.ts";
import type { Controls } from "./fields.ts";
import { mayPick, picker } from "./filestep.ts";
import { mayPrint, printPicker } from "./pictures.ts";
import type { Question } from "./pack.ts";
import { faults, page, UNKNOWN } from "./flow.ts";
import type { PageModel, Person, Position, Value } from "./flow.ts";
import { identifiersOf } from "./named.ts";
import { lines } from "./pages.ts";
import type { Screen, Shown } from "./view.ts";
import { button, div, form, link, prose, showErrors, submit } from "./view.ts";
import type { Visit } from "./visit.ts";

export interface Answering {
  /** Takes the answer and goes on. */
  next(value: Value | undefined): void;
  /** Keeps what is in the controls now, without going anywhere. */
  hold(read: () => Value | undefined): void;
  skip(): void;
  finish(): void;
  /** From the quick path to all the questions. */
  more(): void;
  later(): void;
  leave(): void;
  change(id: string): void;
  /** The second half of the file step: what it is has been said. */
  pick(what: string): void;
}

export const HEADING = "heading";

/** Draws a question. `what` is set in the second half of the file step. */
export function questionPage(
  visit: Visit,
  at: Position,
  changing: boolean,
  what: string | undefined,
  act: Answering,
): Screen {
  const { t, pack, answers } = visit;
  const model = page(pack, answers, at);
  const rail = { back: true, progress: model.progress };
  if (model.kind === "info") return { rail, layout: "column", body: infoBody(visit, at, model, act) };
  const made =
    what === undefined
      ? controlsFor(visit, model, act)
      : model.kind === "prints"
        ? printPicker(t, what, visit.prints)
        : picker(t, pack, model.question, what, visit.files);
  if (what === undefined) act.hold(made.read);
  const column = h("div", null);
  const go = (): void => {
    if ("busy" in made && typeof made.busy === "function" && made.busy()) return;
    const value = made.read();
    const wrong = problems(visit, model, value, made);
    if (wrong.length > 0) return showErrors(t, column, wrong);
    if (what === undefined && mayGoOn(visit, model.question, value as string | undefined))
      return act.pick(value as string);
    act.next(value);
  };
  column.append(
    form(
      go,
      { class: `measure ${model.kind === "fate" || model.kind === "bodies" ? "fates" : ""}`.trim() },
      group(model, [intro(visit, model), ...made.nodes]),
      div(
        "acts",
        submit(t("button.continue")),
        model.skip && what === undefined && link(t("button.skip"), () => act.skip()),
        model.unknown && link(t("button.dont-know"), () => act.next(UNKNOWN)),
      ),
    ),
    changing ? "" : quietWays(visit, model, act),
  );
  return { rail, layout: "column", body: [column] };
}

/** May the second half be shown, the one with a picker? */
export function mayGoOn({ pack, answers }: Visit, question: Question, what: string | undefined): boolean {
  if (question.kind === "prints") return mayPrint(pack, answers, question, what);
  return question.kind === "file" && mayPick(question, what);
}

// Radio buttons and boxes belong to the question: the heading is their legend.
function group(model: PageModel, inside: Child[]): HTMLElement {
  const heading = h("h1", { id: HEADING }, model.question.title);
  const isGroup = ["one", "many", "fate", "bodies", "file", "prints"].includes(model.kind);
  return isGroup ? h("fieldset", null, h("legend", null, heading), inside) : h("div", null, heading, inside);
}

function intro({ t, pack }: Visit, { question, notes, kind }: PageModel): Child {
  const help = pack.support.filter(({ id }) => question.lines.includes(id));
  return [
    question.hint && div("hint flow-s below-s", prose(question.hint)),
    question.body && div("flow below-s", prose(question.body)),
    notes.map((note) => div("band flow-s below-s", prose(note))),
    help.length > 0 &&
      kind !== "info" &&
      h("details", { class: "small below-s" }, h("summary", null, t("help.lines")), lines(t, help)),
  ];
}

function infoBody(visit: Visit, at: Position, model: PageModel, act: Answering): Child[] {
  const { t, pack } = visit;
  const { question } = model;
  const help = pack.support.filter(({ id }) => question.lines.includes(id));
  const on = (): void => (at.quick && model.station ? act.more() : act.next(undefined));
  const ways = div(
    "acts",
    button(t("button.go-on"), on),
    model.finish && button(t("button.finish"), () => act.finish(), "other"),
    question.leave && button(t("button.leave"), () => act.leave(), "other"),
  );
  const head = [h("h1", { id: HEADING }, question.title), div("flow measure", intro(visit, model))];
  return [...head, help.length > 0 ? div("below", lines(t, help)) : null, ways];
}

function controlsFor(visit: Visit, model: PageModel, act: Answering): Controls {
  const { t, answers } = visit;
  if (model.kind === "point") return point(visit, (id) => act.change(id));
  if (model.kind === "exclude") return exclude(visit);
  if (model.kind === "bodies") return bodies(visit, model);
  if (model.kind === "after") return after(visit);
  return controls(t, model, answers[model.id], HEADING);
}

function problems(visit: Visit, model: PageModel, value: Value | undefined, made: Controls): Shown[] {
  const { t } = visit;
  const control = made.control("");
  if (model.kind === "file" && value === undefined) return [{ text: t("error.file-what"), control }];
  if (model.kind === "after") return afterProblems(visit, value, made);
  const unclear = model.kind === "named" ? namedProblems(visit, value, made) : [];
  if (unclear.length > 0) return unclear;
  return faults(model.question, value).map(({ field, text }) => ({
    text: t(text),
    control: made.control(field),
  }));
}

/** What was typed about a person, and cannot be compared. */
function namedProblems({ t, card }: Visit, value: Value | undefined, made: Controls): Shown[] {
  const people = Array.isArray(value) ? (value as readonly Person[]) : [];
  return people.flatMap((person, index) =>
    identifiersOf(person, card.name).unclear.map(({ field, text }) => ({
      text: t(text),
      control: made.control(`${index}.${field}`),
    })),
  );
}

function quietWays({ t }: Visit, model: PageModel, act: Answering): HTMLElement {
  const ways = [
    model.finish && link(t("button.finish"), () => act.finish()),
    link(t("button.later"), () => act.later()),
  ];
  return div("quiet", ways);
}
