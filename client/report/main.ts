// The reporter's page: starts it, and draws the place she is at.
import type { App, Place } from "./app.ts";
import { empty } from "./app.ts";
import { hold, place, question, typed } from "./asking.ts";
import { arm, leave } from "./exit.ts";
import { kept, keeping, later, receipt, sending } from "./finishing.ts";
import { adding } from "./adding.ts";
import { pathOf, sequence } from "./flow.ts";
import { aboutPage, beforePage, startPage, supportPage, troublePage } from "./pages.ts";
import { deleting, letterFile, mailbox, opening, record, removed, takingBack, words } from "./returning.ts";
import type { Language } from "./texts.ts";
import { Trail } from "./trail.ts";
import type { Aside, Screen } from "./view.ts";
import { button, draw, link } from "./view.ts";
import { begin, otherLanguages, readSite, speak, wipe } from "./visit.ts";

const TITLE = "Form"; // the same on every page, so that a tab, a history and a task list say nothing

// Until this has worked, and if it fails, the page's own words stand: nothing was sent, and these are the other ways.
void start().catch((error: unknown) => console.error(error));

async function start(): Promise<void> {
  const site = readSite();
  const visit = await begin(site);
  const app = {
    visit,
    told: false,
    ...({
      read: undefined,
      out: undefined,
      ahead: undefined,
      sealedFrom: "",
      keeping: undefined,
      receipt: undefined,
      kept: undefined,
      leaving: undefined,
    } as const),
    words: [],
    box: undefined,
    writing: { text: "", files: [] },
    over: new AbortController(),
  } as unknown as App;
  app.draw = (screen) => drawIn(app, screen);
  if (navigator.language.startsWith("cy")) speakIn(app, "cy");
  app.trail = new Trail<Place>({ page: "start" }, (at) => show(app, at));
  // An address with "#main" would be a step that this visit does not know.
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
  });
  // Coming back by Back after leaving: whatever the browser kept of this page is empty.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  app.trail.start();
  visit.seen?.catch(() => {
    app.unseen = true;
    app.trail.swap(app.trail.here);
  });
}

function forgetAll(app: App): void {
  wipe(app.visit);
  empty(app);
}

function show(app: App, at: Place): void {
  hold(app);
  document.title = TITLE;
  if (app.unseen === true && at.page !== "support") return unseen(app);
  if (at.page === "before" || at.page === "words") warn(app);
  app.draw(screenOf(app, needs(app, at)));
}

/** Pages whose matter is gone (sent, deleted, left) show the start. */
function needs(app: App, at: Place): Place {
  const gone =
    (at.page === "receipt" && app.receipt === undefined) ||
    (at.page === "kept" && app.kept === undefined) ||
    ((at.page === "mailbox" || at.page === "record" || at.page === "delete" || at.page === "take-back" || at.page === "add-name" || at.page === "letter-file") &&
      app.box === undefined) ||
    (at.page === "opening" && app.words.length === 0);
  return gone ? { page: "start" } : at;
}

// From the page that explains it, the exit button is on every page.
function warn(app: App): void {
  if (app.told) return;
  app.told = true;
  arm({ address: app.visit.site.leave, depth: () => app.trail.depth, wipe: () => forgetAll(app) });
}

/** No card that keepers stand by: nothing can be written or opened here. Help stays. */
function unseen(app: App): void {
  const { t } = app.visit;
  const acts = [button(t("send.again"), () => location.reload()), link(t("button.leave"), leave)];
  app.draw(troublePage(t("error.unseen.title"), [t("error.unseen")], acts));
}

function screenOf(app: App, at: Place): Screen {
  const { visit, trail } = app;
  const ways = {
    start: (quick: boolean) =>
      trail.go(app.told ? firstQuestion(app, quick) : { page: "before", then: quick ? "quick" : "report" }),
    words: () => trail.go(app.told ? { page: "words", failed: "" } : { page: "before", then: "words" }),
    leave,
    back: () => trail.back(),
    aside: (page: Aside) => aside(app, page),
  };
  switch (at.page) {
    case "start":
      return startPage(visit, { ...ways, ready: () => undefined });
    case "before":
      return beforePage(visit, {
        ...ways,
        ready: () =>
          trail.go(
            at.then === "words" ? { page: "words", failed: "" } : firstQuestion(app, at.then === "quick"),
          ),
      });
    case "question":
      return question(app, at);
    case "typed":
      return typed(app, at);
    case "support":
      return supportPage(visit, at.answering);
    case "safety":
    case "see":
    case "who":
    case "privacy":
      return aboutPage(visit, at.page);
    case "later":
      return later(app);
    case "sending":
      return sending(app);
    case "keeping":
    case "drafting":
      return keeping(app, at.page);
    case "receipt":
      return receipt(app);
    case "kept":
      return kept(app);
    case "words":
      return words(app, at.failed);
    case "opening":
      return opening(app);
    case "mailbox":
      return mailbox(app, at.sent === true);
    case "letter-file":
      return letterFile(app, at);
    case "record":
      return record(app);
    case "delete":
      return deleting(app);
    case "take-back":
      return takingBack(app);
    case "add-name":
      return adding(app, at.id);
    case "removed":
      return removed(app);
  }
}

function firstQuestion(app: App, quick: boolean): Place {
  const { visit } = app;
  visit.quick = quick;
  visit.finishing = false;
  return place(sequence(visit.pack, visit.answers, quick ? "quick" : pathOf(visit.pack, visit.answers))[0]!);
}

/** Words, days and the voice of a screen reader change together. */
function speakIn({ visit }: App, language: Language): void {
  speak(visit, language);
  document.documentElement.lang = language === "en" ? "en-GB" : language;
}

function aside(app: App, page: Aside): void {
  if (page === "start") return app.trail.go({ page: "start" });
  if (page === "before") return app.trail.go({ page: "before", then: "report" });
  if (page === "words") return app.trail.go({ page: "words", failed: "" });
  app.trail.go({ page: page === "device" ? "safety" : page, answering: app.visit.asked.length > 0 });
}

function drawIn(app: App, screen: Screen): void {
  const { visit } = app;
  const { demonstration, name } = visit.card;
  draw(
    {
      t: visit.t,
      exit: app.told,
      back: () => app.trail.back(),
      leave,
      aside: (page) => aside(app, page),
      languages: otherLanguages(visit),
      speak: (language) => {
        hold(app);
        speakIn(app, language);
        app.trail.swap(app.trail.here);
      },
      footnote: `${visit.t(demonstration ? "footnote.demonstration" : "footnote", { name })} ${visit.t("footnote.from", { host: location.host })}`,
    },
    screen,
  );
}
