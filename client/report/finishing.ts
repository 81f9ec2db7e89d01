// Sending and keeping: starts the work, says what is being done, and what to do when it does not go through.
import { anyWord, trouble } from "./app.ts";
import type { App } from "./app.ts";
import { checkId, place } from "./asking.ts";
import { keptPage, receiptPage, sendingPage } from "./ending.ts";
import { leave } from "./exit.ts";
import { troublePage } from "./pages.ts";
import { keep, newKeeping, replace } from "./record.ts";
import { ChannelGone, NewReaders, newOutgoing, send } from "./send.ts";
import { keepingOf } from "./proof.ts";
import { longDay } from "./texts.ts";
import type { Screen } from "./view.ts";
import { button, link, para, prose, simple } from "./view.ts";
import { wipe } from "./visit.ts";

/** Seals and sends, then shows the receipt in the place of this page: Back does not send again. */
export function sending(app: App): Screen {
  const { visit } = app;
  const screen = sendingPage(visit);
  const now = JSON.stringify([
    visit.answers,
    visit.urgent,
    visit.files.map(({ original, stripped }) => [original, stripped]),
    visit.prints.map(({ sha256 }) => sha256),
  ]);
  if (app.out === undefined || app.sealedFrom !== now) renew(app);
  app.sealedFrom = now;
  const out = app.out!;
  const run = (): void => {
    send(visit, out, screen.tell).then(
      (receipt) => {
        if (app.out !== out) return; // she has left
        app.receipt = receipt;
        wipe(visit);
        app.out = undefined;
        app.trail.forget({ page: "receipt" });
        app.trail.swap({ page: "receipt" });
      },
      (error: unknown) => app.out === out && failed(app, error),
    );
  };
  queueMicrotask(run);
  return screen;
}

// Something was changed after a try: everything is made anew, also the words, because the earlier try may have arrived.
function renew(app: App): void {
  const { box } = app;
  app.visit.files.forEach((file) => delete file.upload);
  const isKept = box?.state === "private";
  const { words } = app;
  app.out = isKept
    ? {
        ...newOutgoing(),
        words: [...words],
        keys: box.keys,
        kept: { token: box.token, case: box.case, number: box.next },
      }
    : (app.ahead ?? newOutgoing());
  app.ahead = undefined;
}

function failed(app: App, error: unknown): void {
  const { visit, trail } = app;
  const { t } = visit;
  const check = place(checkId(app));
  if (error instanceof NewReaders) {
    const says = [t("error.card"), t("send.new-people", { names: error.labels.join("; ") })];
    const acts = [
      button(t("button.send"), () => trail.swap({ page: "sending" })),
      link(t("check.leave-out"), () => trail.swap(excludePlace(app))),
    ];
    return app.draw(troublePage(t("error.card.title"), says, acts));
  }
  if (error instanceof ChannelGone) {
    return app.draw(
      troublePage(
        t("error.card.title"),
        [t("send.gone")],
        button(t("send.back"), () => trail.swap(check)),
      ),
    );
  }
  trouble(app, error, () => trail.swap({ page: "sending" }), check, app.out?.submission !== undefined);
}

function excludePlace(app: App): ReturnType<typeof place> {
  const id =
    Object.values(app.visit.pack.questions).find(({ kind }) => kind === "exclude")?.id ?? checkId(app);
  return place(id, id);
}

export function receipt(app: App): Screen {
  const made = app.receipt!;
  return receiptPage(app.visit, made, anyWord(), {
    support: () => app.trail.go({ page: "support", answering: false }),
    leave,
    open: () => {
      app.words = made.words;
      app.trail.go({ page: "opening" });
    },
    keeping: keepingOf(app.visit, made),
  });
}

/** "Stop here and come back later": says what keeping means before anything is kept. */
export function later(app: App): Screen {
  const { t, expires, files } = app.visit;
  const says = [
    prose(t("draft", { expires: longDay(expires) })),
    files.length > 0 && para("", t("kept.no-files")),
  ];
  const keepIt = button(t("later.do"), () => app.trail.go({ page: "keeping" }));
  return simple(t("draft.title"), says, [keepIt, link(t("button.back"), () => app.trail.back())]);
}

export function keeping(app: App): Screen {
  const { visit, trail, box } = app;
  const screen = sendingPage(visit);
  const made =
    box?.state === "private" && box.record !== undefined ? undefined : (app.keeping ??= newKeeping());
  const done = (words: readonly string[]): void => {
    app.kept = { words, expires: visit.expires };
    app.keeping = undefined;
    wipe(visit);
    trail.forget({ page: "kept" });
    trail.swap({ page: "kept" });
  };
  const work =
    made === undefined
      ? replace(visit, box!).then(() => app.words)
      : keep(visit, made, screen.tell).then(({ words }) => words);
  work.then(done, (error: unknown) =>
    trouble(app, error, () => trail.swap({ page: "keeping" }), place(checkId(app))),
  );
  return screen;
}

export function kept(app: App): Screen {
  const support = (): void => app.trail.go({ page: "support", answering: false });
  return keptPage(app.visit, app.kept!, anyWord(), { support, leave });
}
