// Going through the questions: what each press on a question's page does.
import { makeAhead } from "./ahead.ts";
import type { App, Place } from "./app.ts";
import { questionOf } from "./answers.ts";
import { checkPage } from "./ending.ts";
import { leave } from "./exit.ts";
import { afterChange, finishPage, isSet, next } from "./flow.ts";
import type { Answers, Exclusion, Position, Value } from "./flow.ts";
import type { Question } from "./pack.ts";
import { mayGoOn, questionPage } from "./question.ts";
import type { Answering } from "./question.ts";
import type { Screen } from "./view.ts";
import { button, prose, simple } from "./view.ts";
import { membersCalled } from "./visit.ts";

type QuestionPlace = Extract<Place, { page: "question" }>;

export function question(app: App, place: QuestionPlace): Screen {
  const { visit } = app;
  if (!visit.asked.includes(place.id)) visit.asked.push(place.id);
  const asked = visit.pack.questions[place.id]!;
  makeAhead(app, asked.kind);
  if (asked.kind === "check") return check(app, place.id);
  const what = mayGoOn(visit, asked, place.what) ? place.what : undefined;
  return questionPage(
    visit,
    position(app, place.id),
    place.changing !== "",
    what,
    answering(app, place, asked),
  );
}

/** Keeps what is typed on the page in hand. Called before every page is drawn, whichever way she goes. */
export function hold(app: App): void {
  app.read?.();
  app.read = undefined;
}

function position(app: App, id: string): Position {
  const { quick, finishing, passed } = app.visit;
  return { page: id, quick, finishing, passed };
}

export function place(id: string, changing = ""): QuestionPlace {
  return { page: "question", id, changing };
}

function answering(app: App, here: QuestionPlace, asked: Question): Answering {
  const { visit, trail } = app;
  const onwards = (): Place => {
    if (here.changing !== "")
      return place(afterChange(visit.pack, visit.answers, here.id, here.changing), between(app, here));
    return place(next(visit.pack, visit.answers, position(app, here.id), visit.asked));
  };
  const forget = (): void => {
    app.read = undefined;
  };
  return {
    next: (value) => {
      forget();
      store(app, here.id, value);
      if (asked.kind === "exclude") return afterExclusion(app, value as Exclusion, onwards);
      trail.go(onwards());
    },
    hold: (read) => {
      app.read = () => {
        const value = read();
        store(app, here.id, value);
        return value;
      };
    },
    skip: () => {
      forget();
      trail.go(here.changing === "" ? place(skipTo(app, here.id)) : place(checkId(app)));
    },
    finish: () => {
      hold(app);
      visit.finishing = true;
      trail.go(place(finishPage(visit.pack, visit.answers, visit.asked)));
    },
    more: () => {
      visit.quick = false;
      visit.passed = [...visit.asked];
      trail.go(onwards());
    },
    later: () => trail.go({ page: "later" }),
    leave,
    change: (id) => {
      hold(app);
      trail.go(place(id, id));
    },
    pick: (what) => {
      forget();
      store(app, here.id, what);
      trail.go({ ...here, what });
    },
  };
}

/** While the pages that a changed answer calls for are shown, remember which change they belong to. */
function between(app: App, here: QuestionPlace): string {
  const following = afterChange(app.visit.pack, app.visit.answers, here.id, here.changing);
  return app.visit.pack.questions[following]?.kind === "check" ? "" : here.changing;
}

/** Skipping leaves the answer as it was, and does not show what hangs on it. */
function skipTo(app: App, id: string): string {
  const { pack, answers, asked } = app.visit;
  const unsaid: Answers = Object.fromEntries(Object.entries(answers).filter(([one]) => one !== id));
  return next(pack, unsaid, position(app, id), asked);
}

export function store(app: App, id: string, value: Value | undefined): void {
  const { visit } = app;
  if (value !== undefined && isSet(value)) visit.answers = { ...visit.answers, [id]: value };
  else visit.answers = Object.fromEntries(Object.entries(visit.answers).filter(([one]) => one !== id));
}

export function checkId(app: App): string {
  return Object.values(app.visit.pack.questions).find(({ kind }) => kind === "check")!.id;
}

// A typed name: if it is somebody with a key they are left out; if not, the page says that it locks nobody out.
function afterExclusion(app: App, value: Exclusion, onwards: () => Place): void {
  const { visit, trail } = app;
  const found = membersCalled(visit, value.typed);
  if (found.length > 0) {
    const unticked = [...new Set([...value.unticked, ...found])].sort();
    store(app, questionOf(visit.pack, visit.answers, "exclude")!.id, { unticked, typed: "" });
  }
  if (value.typed === "") return trail.go(onwards());
  trail.go({ page: "typed", next: onwards(), added: found.length > 0 ? value.typed : "" });
}

export function typed(app: App, here: Extract<Place, { page: "typed" }>): Screen {
  const { visit, trail } = app;
  const { t } = visit;
  const goOn = (className: string): HTMLElement =>
    button(t("button.go-on"), () => trail.go(here.next), className);
  if (here.added !== "") {
    return simple(t("exclude.added.title"), prose(t("exclude.added", { name: here.added })), goOn(""));
  }
  const outside = visit.card.channels.filter(
    ({ inside, members }) => !inside && members.some(({ state }) => state === "active"),
  );
  const bodies = questionOf(visit.pack, visit.answers, "bodies");
  const send = outside.map(({ id, name }) =>
    button(t("exclude.choose", { name }), () => {
      if (bodies !== undefined) store(app, bodies.id, [id]);
      trail.go(here.next);
    }),
  );
  const exclude = questionOf(visit.pack, visit.answers, "exclude");
  const name = exclude === undefined ? "" : (visit.answers[exclude.id] as Exclusion).typed;
  const says = t("error.exclude-typed", { name, bodies: outside.map((one) => one.name).join(", ") });
  return simple(t("error.exclude-typed.title"), prose(says), [send, goOn("other")]);
}

function check(app: App, id: string): Screen {
  const { visit, trail } = app;
  return checkPage(visit, id, {
    change: (one) => trail.go(place(one, one)),
    send: () => trail.go({ page: "sending" }),
    keep: () => trail.go({ page: "keeping" }),
    more: () => {
      visit.finishing = false;
      visit.passed = [...visit.asked];
      visit.quick = false;
      trail.go(place(next(visit.pack, visit.answers, position(app, ""), visit.asked)));
    },
  });
}
