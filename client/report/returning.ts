// Coming back with seven words: opening, reading, writing back, and what was kept.
import { Problem } from "../lib/api.ts";
import { h } from "../lib/dom.ts";
import type { App, Place } from "./app.ts";
import { trouble } from "./app.ts";
import { checkId, place, store } from "./asking.ts";
import { questionOf } from "./answers.ts";
import { personOf } from "./adding.ts";
import { choices } from "./fields.ts";
import { mayPick, NO_FILE, picker } from "./filestep.ts";
import { chosen, finishPage, pathOf, sequence } from "./flow.ts";
import { deletePage, mailboxPage, openingPage, recordPage, wordsPage } from "./letters.ts";
import { openBox, read, write } from "./mailbox.ts";
import type { Writing } from "./mailbox.ts";
import { leave } from "./exit.ts";
import { searchOn } from "./inrecord.ts";
import { checkSaved, saveOwn } from "./proof.ts";
import { lines, troublePage } from "./pages.ts";
import { takeBack, takeBackPage } from "./printview.ts";
import type { Told } from "../lib/pledging.ts";
import type { Minding } from "./heldview.ts";
import { bringBack, depositAgain, doubtsOf, endAll, say } from "./pledges.ts";
import type { Opened } from "./pledges.ts";
import { remove, restore } from "./record.ts";
import { whyOf } from "../lib/pledge.ts";
import { conditionsOf, isHeld, isLive, isPartHeld } from "../lib/slips.ts";
import type { Slip } from "../lib/slips.ts";
import { today } from "./texts.ts";
import type { Screen } from "./view.ts";
import { button, div, form, h1, link, prose, showErrors, simple, submit } from "./view.ts";

export function words(app: App, failed: string): Screen {
  return wordsPage(app.visit, failed, (typed) => {
    app.words = typed;
    app.trail.go({ page: "opening" });
  });
}

/** Keys from the words in a worker, then the mailbox, in the place of this page. */
export function opening(app: App): Screen {
  const { visit, trail } = app;
  const screen = openingPage(visit);
  const wanted = app.words;
  openBox(visit, wanted, screen.tell).then(
    (box) => {
      if (app.words !== wanted) return; // she has left
      app.box = box;
      app.writing = { text: "", files: [] };
      trail.swap({ page: box.state === "private" ? "record" : "mailbox" });
    },
    (error: unknown) => {
      const isUnknown = error instanceof Problem && error.type === "not-found";
      if (isUnknown) trail.swap({ page: "words", failed: visit.t("error.words-unknown") });
      else trouble(app, error, () => trail.swap({ page: "opening" }), { page: "words", failed: "" });
    },
  );
  return screen;
}

export function mailbox(app: App, sent: boolean): Screen {
  const { visit, trail } = app;
  const box = app.box!;
  const again = (wasSent: boolean): Promise<void> =>
    read(visit, box.keys, box.token).then((fresh) => {
      app.box = fresh;
      trail.swap({ page: "mailbox", sent: wasSent });
    });
  const failed = (error: unknown): void => {
    const isOver = error instanceof Problem && error.type === "signed-out";
    if (isOver) trail.swap({ page: "words", failed: visit.t("error.signed-out") });
    else trouble(app, error, () => trail.swap({ page: "mailbox" }), { page: "mailbox" });
  };
  return mailboxPage(visit, box, app.writing, sent, {
    again: () => void again(false).catch(failed),
    write: (writing, status) =>
      void post(app, writing, status)
        .then(() => again(true))
        .catch(failed),
    answer: (text, entry, status) => {
      const kept = app.writing; // a letter she had begun stays
      void post(app, { text, files: [], entry }, status)
        .then(() => (app.writing = kept))
        .then(() => again(true))
        .catch(failed);
    },
    addFile: () => trail.go({ page: "letter-file" }),
    proving: {
      save: (status) => saveOwn(visit, box, status),
      search: (status) => {
        status.textContent = visit.t("opening.open");
        void searchOn(visit, box.inRecord, box.keys.log, box.slips.later.keys()).then((inRecord) => {
          app.box = { ...box, inRecord };
          trail.swap({ page: "mailbox" });
        }, failed);
      },
      check: async (file) => checkSaved(visit, await file.text(), { ...box.inRecord, case: box.case }),
    },
    takeBack: () => trail.go({ page: "take-back" }),
    minding: minding(app),
    support: () => trail.go({ page: "support", answering: false }),
    leave,
  });
}

/** She takes her fingerprints back, then sees the mailbox as it is now. */
export function takingBack(app: App): Screen {
  const { visit, trail } = app;
  const box = app.box!;
  const failed = (error: unknown): void =>
    trouble(app, error, () => trail.swap({ page: "take-back" }), { page: "mailbox" });
  const go = (): void =>
    void takeBack(visit, box, () => undefined)
      .then(() => read(visit, box.keys, box.token))
      .then((fresh) => {
        app.box = fresh;
        trail.swap({ page: "mailbox" });
      }, failed);
  return takeBackPage(visit, box, go, () => trail.back());
}

/** Telling the keepers. The answer is the same whatever they found; only who did not hear it is said. */
function minding(app: App): Minding {
  const { visit } = app;
  const { t } = visit;
  const opened = openedBox(app);
  const run = (status: HTMLElement, work: () => Promise<Told>, done: (told: Told) => string): void => {
    if (status.dataset["busy"] === "yes") return;
    status.dataset["busy"] = "yes";
    status.textContent = t("held.asking");
    work()
      .then(
        (told) => done(told),
        (error: unknown) => t(`held.why.${whyOf(error)}`),
      )
      .then((words) => {
        if (opened.over.aborted) return; // she has left
        const here = app.trail.here.page === "record" ? "record" : "mailbox";
        app.trail.swap({ page: here });
        document.querySelector(".held-said")?.replaceChildren(words);
      });
  };
  const heard = { stop: "held.asked-stop", go: "held.asked-go", end: "held.asked" } as const;
  const asked =
    (what: keyof typeof heard) =>
    ({ enough, needs, missing }: Told): string =>
      enough ? t(heard[what]) : t("held.unasked", { number: needs, names: missing.join(", ") });
  const held = ({ enough, needs, missing }: Told): string =>
    enough ? t("held.answered") : t("held.few", { number: needs, names: missing.join(", ") });
  return {
    say: (kept, what, status) => run(status, () => say(visit, opened, kept, what), asked(what)),
    again: (kept, status) => run(status, () => depositAgain(visit, opened, kept), held),
    add: (kept) => (personOf(visit, app.box!, kept) && (() => app.trail.go({ page: "add-name", id: kept.id }))),
  };
}

function openedBox({ box, over }: App): Opened {
  return { keys: box!.keys, token: box!.token, over: over.signal };
}

async function post(app: App, writing: Writing, status: HTMLElement): Promise<void> {
  const { visit } = app;
  const isBusy = status.textContent !== "";
  if (isBusy) return;
  const tell = (step: string): void => {
    status.textContent = step === "check" ? visit.t("doing.check") : visit.t("doing.send");
  };
  tell("send");
  try {
    await write(visit, app.box!, writing, ({ step }) => tell(step));
  } catch (error) {
    if (!(error instanceof Problem) || error.type !== "conflict") throw error;
    // The keys of the case have changed: sealed anew for the people there are now.
    app.box = await read(visit, app.box!.keys, app.box!.token);
    delete writing.made;
    writing.files.forEach((file) => delete file.upload);
    await write(visit, app.box, writing, ({ step }) => tell(step));
  }
  app.writing = { text: "", files: [] };
}

/** A file for a letter: what it is first, as in the questions. */
export function letterFile(app: App, here: Extract<Place, { page: "letter-file" }>): Screen {
  const { visit, trail, writing } = app;
  const { t, pack } = visit;
  const question = questionOf(pack, {}, "file")!;
  const column = h("div", null);
  const option = question.options.find(({ id }) => id === here.what);
  const stop = option === undefined || option.then === "" ? undefined : pack.questions[option.then];
  if (stop !== undefined) {
    const help = pack.support.filter(({ id }) => stop.lines.includes(id));
    const onwards = button(t("button.go-on"), () => trail.go({ page: "mailbox" }));
    return simple(stop.title, [prose(stop.body), lines(t, help)], onwards);
  }
  const isPicking = mayPick(question, here.what);
  const made = isPicking
    ? picker(t, pack, question, here.what!, writing.files)
    : choices("radio", question.options, []);
  const go = (): void => {
    if (isPicking) return trail.go({ page: "mailbox" });
    const what = chosen(made.read())[0];
    if (what === undefined)
      return showErrors(t, column, [{ text: t("error.file-what"), control: made.control("") }]);
    trail.go(what === NO_FILE ? { page: "mailbox" } : { page: "letter-file", what });
  };
  const heading = h1(question.title);
  const inside = isPicking
    ? h("div", null, heading, made.nodes)
    : h("fieldset", null, h("legend", null, heading), div("hint below-s", prose(question.hint)), made.nodes);
  column.append(form(go, { class: "measure" }, inside, div("acts", submit(t("button.continue")))));
  return { rail: { back: true }, layout: "column", body: [column] };
}

// What was kept

export function record(app: App): Screen {
  const { visit, trail } = app;
  const goOn = async (fate: string): Promise<void> => {
    if (visit.asked.length === 0) {
      const meanwhile = openingPage(visit);
      meanwhile.tell("open");
      app.draw(meanwhile);
      await bringBack(visit, openedBox(app), app.box!.slips.kept);
      await restore(visit, app.box!);
    }
    const isEmpty = visit.asked.length === 0;
    const question = questionOf(visit.pack, visit.answers, "fate");
    if (question !== undefined) store(app, question.id, fate);
    // To be sent, it needs what was perhaps never asked: above all who should get it.
    visit.finishing = fate === "send";
    // Where nothing is written yet (a staff pass lies there alone), she begins at the beginning.
    if (isEmpty) return trail.go(place(sequence(visit.pack, visit.answers, pathOf(visit.pack, visit.answers))[0]!));
    trail.go(place(visit.finishing ? finishPage(visit.pack, visit.answers, visit.asked) : checkId(app)));
  };
  const failed = (error: unknown): void =>
    trouble(app, error, () => trail.swap({ page: "record" }), { page: "record" });
  const slips = app.box!.slips.kept.map(({ slip }) => slip);
  const isSettled = (slip: Slip): boolean =>
    (slip.ended && conditionsOf(slip).length > 0) || (isLive(slip, today()) && isHeld(slip));
  return recordPage(visit, app.box!, {
    more: () => void goOn(wasToBeHeld(app) ? "hold" : "keep").catch(failed),
    send: () => void goOn("send").catch(failed),
    hold: () => void goOn("hold").catch(failed),
    remove: () => trail.go({ page: "delete" }),
    leave,
    minding: minding(app),
    unheld: wasToBeHeld(app) && (isPartHeld(slips, today()) || !slips.some(isSettled)),
  });
}

/** What she said should happen to it, as it was kept with what she wrote. */
function wasToBeHeld({ visit, box }: App): boolean {
  const fate = Object.values(visit.pack.questions).find(({ kind }) => kind === "fate")?.id;
  const said = box!.record?.body["answers"] as unknown as { id: string; value: unknown }[] | undefined;
  return visit.site.pin !== "" && (said ?? []).some(({ id, value }) => id === fate && value === "hold");
}

export function deleting(app: App): Screen {
  const { visit, trail } = app;
  const { t } = visit;
  const box = app.box!;
  const over = app.over.signal;
  const failed = (error: unknown): void =>
    trouble(app, error, () => trail.swap({ page: "delete" }), { page: "record" });
  const removing = (): void =>
    void remove(visit, box).then(() => {
      if (over.aborted) return;
      app.box = undefined;
      trail.forget({ page: "start" });
      trail.swap({ page: "removed" });
    }, failed);
  // Once the record is gone she could not take it back any more: so that comes first.
  const go = (): void =>
    void endAll(visit, openedBox(app), box.slips.kept).then((unheard) => {
      if (unheard.length === 0 && doubtsOf(box.slips, box.inRecord.look?.also).size === 0) return removing();
      const ways = [
        button(t("send.again"), () => trail.swap({ page: "delete" })),
        button(t("held.delete-anyway"), removing, "other"),
        link(t("record.keep"), () => trail.swap({ page: "record" })),
      ];
      app.draw(simple(t("held.undeleted.title"), prose(t("held.undeleted")), ways, false));
    }, failed);
  return deletePage(visit, go, () => trail.back());
}

export function removed({ visit: { t }, trail }: App): Screen {
  const support = link(t("button.help"), () => trail.go({ page: "support", answering: false }));
  return troublePage(t("removed.title"), [t("removed")], [button(t("button.close"), leave), support]);
}
